import { openWorkspace, type Workspace } from './workspace.ts';

export interface Parts<Name extends string> {
  /** The part's figures; undefined when it is not wanted or has failed. */
  run<T>(part: Name, work: (workspace: Workspace) => Promise<T>): Promise<T | undefined>;
  failed(): number;
}

/** Runs the wanted parts and tells how it goes: a whole run takes a quarter of an hour. */
export function createParts<Name extends string>(whole: Workspace, only: string | undefined): Parts<Name> {
  let failed = 0;
  return {
    failed: () => failed,
    run: async (part, work) => {
      if (only !== undefined && only !== part) return undefined;
      const started = performance.now();
      process.stderr.write(`bench: ${part} …`);
      // A folder for each part: what one stores must not fill the disk of the next.
      const workspace = await openWorkspace();
      whole.onClose(workspace.close);
      try {
        const figures = await work(workspace);
        process.stderr.write(` ${((performance.now() - started) / 1000).toFixed(0)} s\n`);
        return figures;
      } catch (error) {
        // The other parts' figures are worth having.
        failed += 1;
        process.stderr.write(` failed: ${(error as Error).message.slice(0, 1000)}\n`);
        return undefined;
      } finally {
        await workspace.close();
      }
    },
  };
}
