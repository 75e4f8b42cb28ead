import { readdirSync, readFileSync } from 'node:fs';
import { createPopulation } from '@grunnmur/registers/simulators';
import { startChild } from './kit/child.ts';
import { startServer } from './kit/server-process.ts';
import { openWorkspace } from './kit/workspace.ts';
import { startGenerator } from './load/generator.ts';
import { barePlan, letterPlan } from './post/letter-plan.ts';

function cpu(root: number): { main: number; pg: number } {
  const st = new Map<number, { ppid: number; t: number }>();
  for (const d of readdirSync('/proc'))
    if (/^\d+$/.test(d)) {
      try {
        const f = readFileSync(`/proc/${d}/stat`, 'utf8').split(') ')[1]!.split(' ');
        st.set(+d, { ppid: +f[1]!, t: (+f[11]! + +f[12]!) / 100 });
      } catch {}
    }
  let pg = 0;
  const kids = (p: number): void => {
    for (const [k, v] of st)
      if (v.ppid === p) {
        pg += v.t;
        kids(k);
      }
  };
  kids(root);
  return { main: st.get(root)!.t, pg };
}
const ws = await openWorkspace();
try {
  const role = process.argv[2] ?? 'all';
  const prof = process.argv[3];
  const people = createPopulation();
  const recipients = people.persons
    .filter((p) => p.situation === 'altinn')
    .slice(0, 500)
    .map((p) => ({
      navn: p.name,
      digitalId: p.fnr,
      adresselinje1: 'G 1',
      postnummer: '0001',
      poststed: 'OSLO',
    }));
  const dataDir = await ws.folder('data');
  const server = await startServer(ws, {
    dataDir,
    env: { DEMO_LETTERS: 'false', ...(role === 'nojobs' ? { BENCH_NO_WORKER: '1' } : {}) },
    nodeArgs: prof ? ['--cpu-prof', '--cpu-prof-dir=/tmp/prof'] : [],
  });
  const gen = startGenerator(ws);
  for (let i = 0; i < 3; i++) {
    const b = cpu(server.pid);
    const r = await gen.run(
      await letterPlan(server, { recipients, connections: 16, durationMs: 8000, warmupMs: 2000 } as never),
    );
    await new Promise((x) => setTimeout(x, 2500));
    const e = cpu(server.pid);
    const n = r.ids.length;
    console.log(
      'cpu ms/letter main',
      (((e.main - b.main) * 1000) / n).toFixed(2),
      'pg',
      (((e.pg - b.pg) * 1000) / n).toFixed(2),
    );
    const l = [...r.latencies].sort((a, b) => a - b);
    console.log(
      'accept/s',
      r.perSecond.toFixed(0),
      'p50',
      l[l.length >> 1]?.toFixed(1),
      'p99',
      l[Math.floor(l.length * 0.99)]?.toFixed(0),
    );
  }
  await gen.stop();
  await server.stop();
} finally {
  await ws.close();
}
