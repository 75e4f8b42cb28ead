/**
 * What the figures mean and what stands in the way of better ones: written by hand after profiling, so it carries its
 * own date. Profile again (`node --cpu-prof apps/server/main.ts` under `npm run bench -- post --only accept`) before
 * changing it.
 */
export const NOTE = `### What holds acceptance back

Profiled in November 2026 on two cores with 16 senders, the load generator beside the server. Processor time, not the
disk, is the limit: an fsync takes a tenth of a millisecond there, and letters share them. Per letter of 100 kB:

| where | accepting, ms | delivering, ms |
| --- | --- | --- |
| server, main thread | 0.5 | 0.25 |
| PostgreSQL | 0.2 | 0.25 |
| PDF inspection (worker threads) | 0.05 | |
| garbage collection (helper threads) | 0.06 | 0.06 |
| *bare accept, all threads* | *0.55* | |

So a server that only accepts spends 0.8 ms where the bare accept spends 0.55, and one that also delivers what it accepts,
with the simulated registers and channels in the same process, 1.4 ms. Delivery is not held back for acceptance: under a
load that fills the machine each takes its share, which is why the rate of the whole is lower than that of
\`ROLE=web\`. On the main thread a third of accepting is the file (create, write, rename), a sixth hashing and
encryption, a tenth each HTTP with multipart, JSON with rules, SQL, and garbage.

Towards 0.8: let delivery wait while letters stream in (the jobs are durable anyway); run \`ROLE=web\` and
\`ROLE=worker\` on machines of their own; fewer rows for each letter (it has eleven when it is accepted, in eight tables).
What did not help when tried: a larger young generation for the garbage collector, longer gathering of delivery jobs.

`;
