/**
 * Names for the exchange of entities: made-up ones to put in, and well-known real ones that tell an entity.
 * @module
 */

/** Made-up two-word company names, without a legal form. */
// biome-ignore format: a list of names reads better in rows
export const companyNames: readonly string[] = [
  'Northvale Instruments', 'Calderbrook Systems', 'Ostrand Materials', 'Pellmere Logistics', 'Quillan Foods',
  'Varnholm Energy', 'Tressing Pharma', 'Halvorn Industries', 'Brackwell Media', 'Ellingford Software',
  'Fenmark Shipping', 'Grovane Chemicals', 'Ironmoor Mining', 'Jasperton Textiles', 'Kestwick Electronics',
  'Lorandel Hotels', 'Merrowby Insurance', 'Norrvik Timber', 'Oakmere Robotics', 'Pinderhall Motors',
  'Ravensholt Optics', 'Sableford Airlines', 'Thornquay Networks', 'Umberlin Paper', 'Wexbridge Capital',
  'Yarrowdale Dairy', 'Zellmark Devices', 'Amberwick Retail', 'Birchvane Solar', 'Corrigate Steel',
];

/** Made-up surnames. */
// biome-ignore format: a list of names reads better in rows
export const surnames: readonly string[] = [
  'Halvern', 'Ostrowell', 'Pellandine', 'Quarrington', 'Varnell', 'Tressick', 'Calderby', 'Brackmoor',
  'Ellisande', 'Fenworth', 'Grovell', 'Ironbridge', 'Jaspersen', 'Kestrow', 'Lorandell', 'Merrowick',
  'Norvane', 'Oakhollow', 'Pinderby', 'Ravenscar', 'Sablewick', 'Thornaby', 'Umberley', 'Wexcombe',
];

/** Given names that are neither words nor places, with `f` or `m` where pronouns would tell. */
// biome-ignore format: a list of names reads better in rows
export const givenNames: Readonly<Record<string, 'f' | 'm'>> = {
  Alexander: 'm', Amanda: 'f', Andrew: 'm', Angela: 'f', Anthony: 'm', Barbara: 'f', Brian: 'm', Catherine: 'f',
  Christopher: 'm', Daniel: 'm', David: 'm', Deborah: 'f', Edward: 'm', Elizabeth: 'f', Emily: 'f', Eric: 'm',
  Gregory: 'm', Heather: 'f', Helen: 'f', Henry: 'm', James: 'm', Jennifer: 'f', Jessica: 'f', John: 'm',
  Jonathan: 'm', Joseph: 'm', Karen: 'f', Katherine: 'f', Kenneth: 'm', Kevin: 'm', Laura: 'f', Linda: 'f',
  Lisa: 'f', Margaret: 'f', Maria: 'f', Matthew: 'm', Melissa: 'f', Michael: 'm', Michelle: 'f', Nancy: 'f',
  Nicole: 'f', Patricia: 'f', Peter: 'm', Rachel: 'f', Rebecca: 'f', Richard: 'm', Robert: 'm', Ronald: 'm',
  Sandra: 'f', Sarah: 'f', Stephanie: 'f', Stephen: 'm', Steven: 'm', Susan: 'f', Thomas: 'm', Timothy: 'm',
  William: 'm',
};

/** Made-up towns. */
// biome-ignore format: a list of names reads better in rows
export const townNames: readonly string[] = [
  'Aldermouth', 'Brunsted', 'Carrowfield', 'Dunvarra', 'Eskerton', 'Falmere', 'Grindale', 'Harrowick',
  'Ingelstad', 'Jorvinby', 'Kirkallan', 'Lindholme', 'Marlowick', 'Nethervale', 'Ormsgate', 'Penhallow',
  'Rostingen', 'Silverstad', 'Tarnwick', 'Ulverden', 'Westerholm', 'Yelverby',
];

/** Large cities whose names mean nothing else and are seldom part of longer names. */
// biome-ignore format: a list of names reads better in rows
export const cities: ReadonlySet<string> = new Set([
  'Amsterdam', 'Athens', 'Atlanta', 'Bangkok', 'Barcelona', 'Beijing', 'Berlin', 'Boston', 'Brussels', 'Bucharest',
  'Budapest', 'Chicago', 'Copenhagen', 'Dallas', 'Denver', 'Detroit', 'Dublin', 'Frankfurt', 'Geneva', 'Hamburg',
  'Helsinki', 'Houston', 'Istanbul', 'Jakarta', 'Johannesburg', 'Lisbon', 'London', 'Madrid', 'Manchester',
  'Melbourne', 'Miami', 'Milan', 'Montreal', 'Moscow', 'Mumbai', 'Munich', 'Nairobi', 'Oslo', 'Paris',
  'Philadelphia', 'Pittsburgh', 'Prague', 'Rome', 'Seattle', 'Seoul', 'Shanghai', 'Shenzhen', 'Stockholm',
  'Stuttgart', 'Sydney', 'Tokyo', 'Toronto', 'Vancouver', 'Vienna', 'Warsaw', 'Zurich',
]);
