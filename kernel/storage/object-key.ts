import { isAbsolute, join, relative, resolve } from 'node:path';
import { isUuid, timeOfId } from '../ids/index.ts';
import { StorageError } from './errors.ts';

const KEY = /^[0-9a-z-]+(\/[0-9a-z-]+)+$/;
const PREFIX = /^[0-9a-z/-]*$/;
const MAX_LENGTH = 200;
const TENANT_LENGTH = 36;

/**
 * Checks a key (lower-case letters, digits, hyphens, parts divided by single slashes, first part the tenant's UUID,
 * at most 200 characters) and answers its tenant. There is no dot in the alphabet, so no way up and no clash with
 * temporary names.
 */
export function tenantOfKey(key: string): string {
  if (!isKey(key)) throw StorageError.invalidKey();
  return key.slice(0, TENANT_LENGTH);
}

/**
 * The key of an object: tenant, day, id (UUIDv7). The day comes from the id, so that the key needs no column of its own and
 * one folder holds one day.
 */
export function objectKey(tenant: string, id: string): string {
  const day = new Date(timeOfId(id)).toISOString().slice(0, 10).replaceAll('-', '');
  return `${tenant}/${day}/${id}`;
}

/** The id in a key made by {@link objectKey}. */
export function idOfObject(key: string): string {
  return key.slice(key.lastIndexOf('/') + 1);
}

/** Could this be a key of ours? What else lies in the backend is left alone. */
export function isKey(key: string): boolean {
  return (
    key.length <= MAX_LENGTH &&
    KEY.test(key) &&
    isUuid(key.slice(0, TENANT_LENGTH)) &&
    key[TENANT_LENGTH] === '/'
  );
}

/** Checks what `list` is asked for: a key cut anywhere, or nothing. */
export function requirePrefix(prefix: string): void {
  if (prefix.length > MAX_LENGTH || !PREFIX.test(prefix) || prefix.startsWith('/') || prefix.includes('//')) {
    throw StorageError.invalidKey();
  }
}

/** The file of `key` below `root`. The one place where a key becomes a path; it never leads out of `root`. */
export function pathOfKey(root: string, key: string): string {
  tenantOfKey(key);
  const path = join(root, key);
  const inside = relative(resolve(root), resolve(path));
  if (inside.startsWith('..') || isAbsolute(inside)) throw StorageError.invalidKey();
  return path;
}
