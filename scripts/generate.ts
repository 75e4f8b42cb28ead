import { writeFile } from 'node:fs/promises';
import { envExample } from '@grunnmur/server/env-example';

/** Writes what is made from the code; a test of each says when it is no longer true. */
await writeFile(new URL('../.env.example', import.meta.url), envExample());
