/**
 * A seeded generator. It is written here, not taken from a package, because the identity numbers that documents and
 * scripts refer to must survive every upgrade; 32-bit integer arithmetic gives the same numbers on every machine.
 */
export interface Random {
  /** Whole number in `0 … below - 1`. */
  int(below: number): number;
  /** One element; the list must not be empty. */
  pick<T>(list: readonly T[]): T;
  /** True in `percent` of cases. */
  chance(percent: number): boolean;
}

/** The same text gives the same sequence (sfc32, started from an FNV-1a hash of the seed). */
export function createRandom(seed: string): Random {
  const state = [hash(`${seed}/a`), hash(`${seed}/b`), hash(`${seed}/c`), 1] as [
    number,
    number,
    number,
    number,
  ];
  const next = () => {
    const sum = (state[0] + state[1] + state[3]) | 0;
    state[3] = (state[3] + 1) | 0;
    state[0] = state[1] ^ (state[1] >>> 9);
    state[1] = (state[2] + (state[2] << 3)) | 0;
    state[2] = ((state[2] << 21) | (state[2] >>> 11)) + sum;
    return sum >>> 0;
  };
  for (let warmUp = 0; warmUp < 12; warmUp++) next();
  const int = (below: number) => Math.floor((next() / 4294967296) * below);
  return {
    int,
    pick: <T>(list: readonly T[]) => list[int(list.length)] as T,
    chance: (percent) => int(100) < percent,
  };
}

function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  }
  return value >>> 0;
}
