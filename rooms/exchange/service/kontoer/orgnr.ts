const WEIGHTS = [3, 2, 7, 6, 5, 4, 3, 2];

/** Nine digits whose last is the control digit (Enhetsregisteret: modulus 11). */
export function isOrgnr(text: string): boolean {
  if (!/^[2389]\d{8}$/.test(text)) return false;
  const sum = WEIGHTS.reduce((total, weight, nr) => total + weight * Number(text[nr]), 0);
  return (11 - (sum % 11)) % 11 === Number(text[8]);
}
