/** Runs before each test file (vitest `setupFiles`): its hook is the first one, so that it is the last to be called. */
import { afterAll } from 'vitest';
import { cleanUp } from './clean-up.ts';

afterAll(cleanUp);
