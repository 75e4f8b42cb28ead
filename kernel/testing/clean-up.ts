/**
 * What a test file leaves to be cleared away when its last test is done. Hooks of the test runner do not serve: an `afterAll`
 * that is registered while a `beforeAll` runs comes too late and is never called, and helpers are called from anywhere.
 */
type CleanUp = () => Promise<unknown> | unknown;

const waiting: CleanUp[] = [];

/** Runs `action` after the last test of the file, whether it passes or not; what was registered last runs first. */
export function afterTestFile(action: CleanUp): void {
  waiting.push(action);
}

/** Runs everything that waits, also after one has failed. Called by `setup-file.ts` alone. */
export async function cleanUp(): Promise<void> {
  const errors: unknown[] = [];
  for (let action = waiting.pop(); action; action = waiting.pop()) {
    try {
      await action();
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length === 1) throw errors[0];
  if (errors.length > 1) throw new AggregateError(errors, errors.map(String).join('\n'));
}
