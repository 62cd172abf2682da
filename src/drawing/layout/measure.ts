/** Widths of Helvetica's letters in thousandths of the size, for fonts that nobody knows before they are shown: with a reserve. */
const RESERVE = 1.12;

function letterWidth(letter: string): number {
  if (/[ijl.,:;'|!]/.test(letter)) return 0.26;
  if (/[ftrI()[\]/\\ -]/.test(letter)) return 0.34;
  if (/[mwMW@%]/.test(letter)) return 0.88;
  if (/[A-Z×→]/.test(letter)) return 0.69;
  if (/[\u1100-\uffdc]/.test(letter)) return 1;
  return 0.56;
}

export function textWidth(text: string, size: number, bold = false): number {
  const units = [...text].reduce((sum, letter) => sum + letterWidth(letter), 0);
  return Math.ceil(units * size * RESERVE * (bold ? 1.06 : 1));
}

/** The text, with an ellipsis where it is too long. */
export function clipped(text: string, width: number, size: number, bold = false): string {
  if (textWidth(text, size, bold) <= width) return text;
  const letters = [...text];
  while (letters.length > 1 && textWidth(`${letters.join('')}…`, size, bold) > width) letters.pop();
  return `${letters.join('')}…`;
}

/** Lines of words, each no longer than the width. */
export function lines(text: string, width: number, size: number): readonly string[] {
  const found: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && textWidth(longer, size) > width) {
      found.push(line);
      line = word;
    } else line = longer;
  }
  return line === '' ? found : [...found, line];
}
