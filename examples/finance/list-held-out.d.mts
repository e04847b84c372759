export function heldOutTables(): Promise<string[]>;
