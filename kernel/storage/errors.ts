import { defineErrors } from '../errors/index.ts';

/** Failures of the object store that are not the caller's doing, and the one range error that is. */
export const StorageError = defineErrors('storage', {
  invalidKey: { status: 500, message: 'Ugyldig objektnøkkel' },
  missing: { status: 500, message: 'Et lagret objekt mangler' },
  corrupt: { status: 500, message: 'Et lagret objekt er skadet ({detail})' },
  keyMissing: { status: 500, message: 'Datanøkkelen til et lagret objekt finnes ikke' },
  full: { status: 507, retry: true, message: 'Lageret er fullt' },
  rangeNotSatisfiable: { status: 416, message: 'Utsnittet ligger utenfor innholdet' },
});
