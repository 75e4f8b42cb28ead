import { type AppError, isAppError } from '../errors/index.ts';
import { StorageError } from './errors.ts';
import type { ObjectStore } from './object-store.ts';

/** Lost, changed, or sealed under a key that is gone: what no repeated call can mend. */
export type ObjectFault = 'missing' | 'corrupt' | 'key_missing';

const FAULTS: ReadonlyMap<string, ObjectFault> = new Map([
  [StorageError.missing().code, 'missing'],
  [StorageError.corrupt().code, 'corrupt'],
  [StorageError.keyMissing().code, 'key_missing'],
]);

/** What is wrong with a stored object, when `error` says so; undefined for every other trouble, such as a full disk. */
export function objectFault(error: unknown): ObjectFault | undefined {
  return isAppError(error) ? FAULTS.get(error.code) : undefined;
}

/**
 * The same store, with `report` told of each object that turns out to be lost or damaged when it is read: for the log
 * and the alarm, whichever room was reading. Keys tell nothing about a person.
 */
export function watchedStore(
  store: ObjectStore,
  report: (key: string, fault: ObjectFault, error: AppError) => void,
): ObjectStore {
  const watch = (key: string, error: unknown) => {
    const fault = objectFault(error);
    if (fault) report(key, fault, error as AppError);
  };
  const watched = async <T>(key: string, work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (error) {
      watch(key, error);
      throw error;
    }
  };
  return {
    ...store,
    get: async (key, range) => {
      const body = await watched(key, store.get(key, range));
      return body.once('error', (error) => watch(key, error));
    },
    localCopy: (key) => watched(key, store.localCopy(key)),
  };
}
