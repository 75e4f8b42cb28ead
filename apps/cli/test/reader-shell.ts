import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Step } from './printed-blocks.ts';

interface Answer {
  /** Undefined when its time was over, or the shell was ended. */
  readonly code: number | undefined;
  readonly out: string;
}

/** A terminal: one shell that keeps variables, functions and folder from step to step. */
export interface ReaderShell {
  /** Runs a step to its end, or to the first command of it that fails; `out` is both outputs together. */
  run(step: Step, limitMs: number): Promise<Answer>;
  /** As in a terminal beside this one, with its variables. */
  background(step: Step): Promise<BackgroundStep>;
  close(): Promise<void>;
}

export interface BackgroundStep {
  readonly step: Step;
  said(): Promise<string>;
  /** Ctrl-C, unless it has ended or is to end by itself; answers how it ended. */
  end(by: 'ctrl-c' | 'itself', limitMs: number): Promise<Answer>;
  lives(): boolean;
}

const MARK = '\u0001';

export async function openShell(cwd: string, env: NodeJS.ProcessEnv): Promise<ReaderShell> {
  const folder = await mkdtemp(join(tmpdir(), 'grunnmur-reader-'));
  const shell = spawn('bash', ['--noprofile', '--norc', '-s'], {
    cwd,
    env,
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const closed = once(shell, 'close');
  shell.stdin!.on('error', () => {});
  const written = collect(shell);
  shell.stdin!.write('exec 2>&1\nset -u\n');
  const jobs = new Set<number>();
  let count = 0;

  /** Lines of the script are lines of the page, so that the shell's own messages name them. */
  const fileOf = async ({ page, line, command }: Step) => {
    const path = join(folder, `${count++}-${page.replaceAll('/', '_')}`);
    await writeFile(path, `${'\n'.repeat(line - 1)}${command}`);
    return path;
  };
  const type = async (text: string, limitMs: number): Promise<Answer> => {
    written.text = '';
    shell.stdin!.write(`${text}\nprintf '${MARK}%s${MARK}' "$?"\n`);
    const deadline = performance.now() + limitMs;
    for (;;) {
      const [whole, code] = new RegExp(`${MARK}(\\d+)${MARK}`).exec(written.text) ?? [];
      if (whole) return { code: Number(code), out: written.text.replace(whole, '') };
      if (shell.exitCode !== null || shell.signalCode !== null) return { code: undefined, out: written.text };
      if (performance.now() > deadline) {
        endGroup(shell.pid!, 'SIGKILL');
        return { code: undefined, out: written.text };
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };

  return {
    run: async (step, limitMs) => {
      const file = await fileOf(step);
      // Without -e the shell of a reader goes on; here the first failure returns from the script, with its command.
      const guarded = `set -E -o pipefail; trap 'code=$?; echo "[line $LINENO] $BASH_COMMAND"; trap - ERR; return $code' ERR; . ${file} </dev/null`;
      const answer = await type(`${guarded}; (exit $?)`, limitMs);
      if (shell.exitCode === null && shell.signalCode === null) await type('trap - ERR; set +E', 5_000);
      return answer;
    },
    background: async (step) => {
      const file = await fileOf(step);
      const output = `${file}.out`;
      // Job control gives it a process group of its own, and Ctrl-C back, which a shell else takes from what is in the background.
      const { out } = await type(`set -m; . ${file} >${output} 2>&1 </dev/null & set +m; echo $!`, 10_000);
      const pid = Number(/(\d+)\s*$/.exec(out)?.[1]);
      if (!pid) throw new Error(`${step.page}:${step.line}: not started: ${out}`);
      jobs.add(pid);
      const said = () => readFile(output, 'utf8').catch(() => '');
      return {
        step,
        said,
        lives: () => isAlive(pid),
        end: async (by, limitMs) => {
          if (by === 'ctrl-c') endGroup(pid, 'SIGINT');
          const { code } = await type(`wait ${pid}; (exit $?)`, limitMs);
          endGroup(pid, 'SIGKILL');
          jobs.delete(pid);
          return { code, out: await said() };
        },
      };
    },
    close: async () => {
      for (const pid of jobs) endGroup(pid, 'SIGKILL');
      shell.stdin!.end();
      const timer = setTimeout(() => endGroup(shell.pid!, 'SIGKILL'), 5_000);
      await closed;
      clearTimeout(timer);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function collect(child: ChildProcess): { text: string } {
  const written = { text: '' };
  for (const stream of [child.stdout!, child.stderr!])
    stream.setEncoding('utf8').on('data', (text: string) => {
      written.text += text;
    });
  return written;
}

function endGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // It has ended.
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(-pid, 0);
    return true;
  } catch {
    return false;
  }
}
