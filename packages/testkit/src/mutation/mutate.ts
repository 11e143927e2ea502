import type { RandomNumbers } from './random-numbers.js';

const MAX_NOISE_BYTES = 60;

/**
 * A message with one fault: another byte, another bit, its end missing, bytes too many; or, now and then, as it was (so
 * that what follows meets the state that it leaves), or nothing but noise. `bytes` must not be empty.
 */
export function mutate(bytes: Buffer, random: RandomNumbers): Buffer {
  const mutated = Buffer.from(bytes);
  const at = random(mutated.length);
  switch (random(6)) {
    case 0:
      mutated[at] = random(256);
      return mutated;
    case 1:
      mutated[at] = mutated[at]! ^ (1 << random(8));
      return mutated;
    case 2:
      return mutated.subarray(0, at);
    case 3:
      return Buffer.concat([mutated.subarray(0, at), noise(1 + random(4), random), mutated.subarray(at)]);
    case 4:
      return mutated;
    default:
      return noise(random(MAX_NOISE_BYTES), random);
  }
}

function noise(length: number, random: RandomNumbers): Buffer {
  return Buffer.from(Array.from({ length }, () => random(256)));
}
