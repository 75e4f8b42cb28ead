/** A fenced block of a page. */
export interface Block {
  readonly page: string;
  readonly language: string;
  readonly text: string;
  /** Of the first line after the fence. */
  readonly line: number;
  /** Nothing but blank lines is between the block before and this one. */
  readonly follows: boolean;
}

export function blocksOf(page: string, text: string): Block[] {
  let end = 0;
  return [...text.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].map((match) => {
    const between = text.slice(end, match.index);
    end = match.index + match[0].length;
    return {
      page,
      language: match[1]!,
      text: match[2]!,
      line: text.slice(0, match.index).split('\n').length + 1,
      follows: between.trim() === '',
    };
  });
}

/** What a reader would type: all of `sh`, and of `console` the lines after the prompt. */
export function commandsOf(block: Block): string | undefined {
  return isShell(block)
    ? stepsOf(block)
        .map(({ command }) => command)
        .join('')
    : undefined;
}

/** What is typed in one go. */
export interface Step {
  readonly page: string;
  readonly line: number;
  /** Ends with a line break. */
  readonly command: string;
}

export const isShell = ({ language }: Block) => language === 'sh' || language === 'console';

export function stepsOf({ page, language, text, line }: Block): Step[] {
  if (language === 'sh') return [{ page, line, command: text }];
  return text.split('\n').flatMap((typed, index) => {
    const [, command] = /^\$ (.*)$/.exec(typed) ?? [];
    return command === undefined ? [] : [{ page, line: line + index, command: `${command}\n` }];
  });
}

/**
 * Blocks that cannot be run here, by a part of their text, and why; those with `line` are single lines of a block. Their syntax is looked at
 * all the same.
 */
export const NOT_RUN: readonly { readonly part: string; readonly reason: string; readonly line?: true }[] = [
  {
    part: 'export GRUNNMUR_BASE_URL=https://',
    reason: 'another installation, with a real login of somebody’s own',
  },
  {
    part: 'rabbitmqctl',
    reason: 'a RabbitMQ of the machine’s own, as its user; tests of the broker make the same users',
  },
  {
    part: 'mvn ',
    reason: 'a Maven repository that has the client; the conformance run compiles and runs the class',
  },
  { part: 'sudo systemctl', reason: 'systemd, root, and a newer version to pull', line: true },
];

export function isRun(block: Block, step: Step): boolean {
  return !NOT_RUN.some(({ part, line }) => (line ? step.command : block.text).includes(part));
}

/** Programs that not every machine has; a line that begins with one is run where it is there. */
export const NEEDS = ['pg_dump', 'rsync', 'keytool'] as const;

/** Commands that go on until something happens; the reader has them in another terminal. */
export interface LongRunning {
  readonly command: RegExp;
  /** What they say when the page may go on. */
  readonly ready: RegExp;
  /** How they end: by Ctrl-C after the page, or by themselves because of what the page does next. */
  readonly end: 'ctrl-c' | 'itself';
  /** What they have said before that. */
  readonly tells: RegExp;
}

export const LONG_RUNNING: readonly LongRunning[] = [
  {
    command: /^npx grunnmur exchange listen(?!.*--count)/,
    ready: /Listening for messages/,
    end: 'ctrl-c',
    tells: /brev\.pdf/,
  },
  // Nobody opens the letter here.
  { command: /^npx grunnmur send .*--wait/, ready: /VARSLET/, end: 'ctrl-c', tells: /VARSLET/ },
  // The recipient's system says that it was opened.
  { command: /^npx grunnmur status "\$ID" --wait/, ready: /VARSLET/, end: 'itself', tells: /LEST/ },
];

/** Commands whose exit code is another than 0, because the page says so or the outside world is not here. */
export const EXIT_CODES: readonly {
  readonly page: string;
  readonly command: RegExp;
  readonly code: number;
  readonly reason: string;
}[] = [
  {
    page: 'docs/deployment.md',
    command: /^npx grunnmur doctor/,
    code: 1,
    reason: 'registers, channels and issuers of production are not here, and it says so for each',
  },
];
