const words = (text: string) => text.toLowerCase().match(/[\p{L}\p{N}'’-]+/gu) ?? [];

/** What is computed of a text, a step each. */
export const statistics: readonly (readonly [name: string, compute: (text: string) => unknown])[] = [
  ['characters', (text) => [...text].length],
  ['words', (text) => words(text).length],
  ['sentences', (text) => text.split(/[.!?…]+(?:\s|$)/u).filter((part) => part.trim()).length],
  ['distinct', (text) => new Set(words(text)).size],
  [
    'longest',
    (text) => words(text).reduce((longest, word) => (word.length > longest.length ? word : longest), ''),
  ],
  ['frequent', (text) => frequent(words(text), 5)],
];

function frequent(list: readonly string[], most: number): { word: string; count: number }[] {
  const counts = new Map<string, number>();
  for (const word of list) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts]
    .map(([word, count]) => ({ word, count }))
    .sort((a, b) => b.count - a.count || a.word.localeCompare(b.word))
    .slice(0, most);
}
