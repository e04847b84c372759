/** 1 where the answer says in which currency its amounts are. */
export default function mentionsCurrency(answer: { text: string }): boolean {
  return /[$€£¥]|\b(?:dollars?|euros?|pounds?|yen|USD|EUR|GBP|JPY|CHF)\b/i.test(answer.text);
}
