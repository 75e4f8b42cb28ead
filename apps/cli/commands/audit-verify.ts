import { readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type AuditHead, type AuditVerification, verifyAudit } from '@grunnmur/kernel/audit';
import type { Command } from 'commander';
import pg from 'pg';
import { CliError, EXIT, type ExitCode, said } from '../exit-codes.ts';
import type { CommonOptions, Io } from '../io.ts';
import { painter } from '../output/painter.ts';
import { requireFullView, withOwnerDatabase } from '../owner-database.ts';
import { settings } from '../settings.ts';
import { addCommonOptions } from './options.ts';

interface AuditOptions extends CommonOptions {
  readonly anchors?: string;
  readonly save?: string;
}

export function addAudit(program: Command, io: Io, done: (code: ExitCode) => void): void {
  const audit = program.command('audit').description('The access log: who has used whose information');
  const command = audit
    .command('verify')
    .description('Recompute every hash of the access log; exit code 1 when an entry was changed or removed')
    .option('--anchors <file>', 'heads of an earlier run: shows also a chain that was rewritten as a whole')
    .option('--save <file>', 'write the heads of this run, to be kept away from the database');
  addCommonOptions(command);
  command
    .addHelpText('after', '\nExample:\n  npx grunnmur audit verify --save heads-2026-03.json')
    .action(async (options: AuditOptions) => done(await verify(io, options)));
}

async function verify(io: Io, options: AuditOptions): Promise<ExitCode> {
  const anchors = options.anchors ? await readHeads(resolve(io.cwd, options.anchors)) : [];
  const result = await withOwnerDatabase(settings(io, options), async ({ url }) => {
    const owner = new pg.Pool({ connectionString: url, max: 1 });
    owner.on('error', () => {});
    try {
      await requireFullView(owner, 'kernel.audit');
      return await verifyAudit(owner, { anchors });
    } finally {
      await owner.end();
    }
  });
  if (options.save)
    await writeFile(resolve(io.cwd, options.save), `${JSON.stringify(result.heads, null, 2)}\n`);
  io.out(options.json ? `${JSON.stringify(result)}\n` : summary(io, result));
  return result.broken === 0 ? EXIT.ok : EXIT.failed;
}

async function readHeads(path: string): Promise<readonly AuditHead[]> {
  const heads: unknown = await readFile(path, 'utf8')
    .then((text) => JSON.parse(text) as unknown)
    .catch((cause: unknown) => {
      throw new CliError(
        EXIT.usage,
        said('cli.error.unreadable', { path, reason: (cause as Error).message }),
        { cause },
      );
    });
  if (Array.isArray(heads) && heads.every(isHead)) return heads;
  throw new CliError(EXIT.usage, said('cli.error.audit_heads', { path }));
}

function isHead(head: unknown): head is AuditHead {
  const { tenant, chain, seq, hash } = (head ?? {}) as Record<string, unknown>;
  return (
    typeof tenant === 'string' &&
    Number.isInteger(chain) &&
    Number.isInteger(seq) &&
    /^[0-9a-f]{64}$/.test(`${hash}`)
  );
}

const SHOWN = 20;

function summary({ texts: { t }, colour }: Io, result: AuditVerification): string {
  const { entries, tenants, heads, broken, breaks } = result;
  const paint = painter(colour);
  const counts = { entries, chains: heads.length, tenants, broken };
  if (broken === 0) return `${paint.good(t('cli.audit.unbroken', counts))}\n`;
  const lines = breaks
    .slice(0, SHOWN)
    .map(
      ({ tenant, chain, seq, reason }) =>
        `  ${t('cli.audit.break', { reason, seq, chain: `${tenant}/${chain}` })}`,
    );
  const more = broken > lines.length ? [`  ${t('cli.audit.more', { count: broken - lines.length })}`] : [];
  return `${[paint.bad(t('cli.audit.broken', counts)), ...lines, ...more].join('\n')}\n`;
}
