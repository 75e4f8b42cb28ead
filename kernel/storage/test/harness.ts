import { randomBytes } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { newId } from '../../ids/index.ts';
import type { ObjectStore } from '../index.ts';

/** A store under test and a way behind its back. */
export interface Harness {
  readonly store: ObjectStore;
  readRaw(key: string): Promise<Buffer>;
  writeRaw(key: string, bytes: Buffer): Promise<void>;
  /** Everything the backend holds, objects and leftovers alike. */
  everything(): Promise<string[]>;
  /** Most bytes the process may grow by while a 300 MB object passes. */
  readonly memoryLimit: number;
  close(): Promise<void>;
}

export const TENANT = '0198c0de-0000-7000-8000-000000000001';
export const OTHER_TENANT = '0198c0de-0000-7000-8000-000000000002';
export const SEGMENT = 65_536;
/** A segment as it is stored. */
export const SEALED = SEGMENT + 16;

export function newKey(tenant = TENANT): string {
  return `${tenant}/20260301/${newId()}`;
}

export async function* chunked(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

export async function readAll(
  store: ObjectStore,
  key: string,
  range?: { start: number; end?: number },
): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of await store.get(key, range)) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

export async function keysOf(store: ObjectStore, prefix: string): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of store.list(prefix)) keys.push(key);
  return keys;
}

export async function* reuseBuffer(bytes: Buffer): AsyncGenerator<Uint8Array> {
  const buffer = Buffer.alloc(1500);
  for (let at = 0; at < bytes.length; at += 1500) {
    const length = bytes.copy(buffer, 0, at, at + 1500);
    yield buffer.subarray(0, length);
    yield Buffer.alloc(0);
    buffer.fill(0xaa);
  }
}

export async function* failing(size: number): AsyncGenerator<Uint8Array> {
  yield* chunked(randomBytes(size), 65_536);
  throw new Error('the line went dead');
}

export async function* silentAfter(size: number, whenSilent: () => void): AsyncGenerator<Uint8Array> {
  yield* chunked(randomBytes(size), 65_536);
  await setImmediate();
  whenSilent();
  await new Promise(() => {});
}
