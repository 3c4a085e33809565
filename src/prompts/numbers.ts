const PART = /^(\d{1,9})(?:-(\d{1,9}))?$/;

/**
 * The numbers that an answer names, as in `1 3-5, 8`, each once.
 *
 * @param last the greatest one that there is; the first is 1
 */
export function numbersIn(answer: string, last: number): readonly number[] | 'not numbers' | 'out of range' {
  const parts = answer.split(/[\s,]+/).filter((part) => part !== '');
  const numbers = new Set<number>();
  let isInRange = true;
  for (const part of parts) {
    const [, from, to = from] = PART.exec(part) ?? [];
    if (from === undefined) return 'not numbers';
    const [first, end] = [Number(from), Number(to)];
    if (first < 1 || end > last || end < first) isInRange = false;
    else for (let number = first; number <= end; number += 1) numbers.add(number);
  }
  return isInRange ? [...numbers] : 'out of range';
}
