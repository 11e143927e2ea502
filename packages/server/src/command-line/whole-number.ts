import { InvalidArgumentError } from 'commander';

/** An option's value as a whole number. */
export function wholeNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isSafeInteger(value)) throw new InvalidArgumentError('It is no whole number.');
  return value;
}

/** The same, from 1 on. */
export function positiveNumber(text: string): number {
  const value = wholeNumber(text);
  if (value < 1) throw new InvalidArgumentError('It is less than 1.');
  return value;
}
