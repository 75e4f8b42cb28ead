/**
 * Where a stored payload lies: receiver's organisation, day, id. The day comes from the id (UUIDv7: milliseconds since 1970
 * in its first 48 bits), so that it needs no column of its own and one folder holds one day.
 */
export function payloadKey(tenant: string, objekt: string): string {
  const ms = Number.parseInt(objekt.replaceAll('-', '').slice(0, 12), 16);
  const day = new Date(ms).toISOString().slice(0, 10).replaceAll('-', '');
  return `${tenant}/${day}/${objekt}`;
}

/** The id in a key made by {@link payloadKey}. */
export function objektOfKey(key: string): string {
  return key.slice(key.lastIndexOf('/') + 1);
}
