import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Workspace } from './workspace.ts';

/** A helper process of the bench that answers messages one at a time. */
export interface Child {
  readonly pid: number;
  /** Sends `message` and waits for the answer; rejects when the child dies first or `limitMs` passes. */
  ask<T>(message: unknown, limitMs: number): Promise<T>;
  stop(): Promise<void>;
}

/** Starts a module of the bench in a process of its own, so that its work is not done in ours. */
export function startChild(workspace: Workspace, module: URL): Child {
  const process = fork(fileURLToPath(module), {
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const stop = async () => {
    if (process.exitCode !== null || process.signalCode !== null) return;
    process.kill('SIGKILL');
    await once(process, 'exit');
  };
  workspace.onClose(stop);
  return { pid: process.pid!, ask: (message, limitMs) => ask(process, message, limitMs), stop };
}

function ask<T>(process: ChildProcess, message: unknown, limitMs: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const end = () => {
      clearTimeout(timer);
      process.off('message', onMessage);
      process.off('exit', onExit);
    };
    const onMessage = (answer: unknown) => {
      end();
      const { error } = answer as { error?: string };
      if (error === undefined) resolve(answer as T);
      else reject(new Error(error));
    };
    const onExit = (code: number | null) => {
      end();
      reject(new Error(`a helper process ended with ${code}`));
    };
    const timer = setTimeout(() => {
      end();
      process.kill('SIGKILL');
      reject(new Error(`no answer from a helper process in ${limitMs} ms`));
    }, limitMs);
    process.on('message', onMessage);
    process.on('exit', onExit);
    process.send(message as object);
  });
}
