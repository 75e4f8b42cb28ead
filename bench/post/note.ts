/**
 * What the figures mean and what stands in the way of better ones: written by hand after profiling, so it carries its
 * own date. Profile again (`node --cpu-prof apps/server/main.ts` under `npm run bench -- post --only accept`) before
 * changing it.
 */
export const NOTE = `### What holds acceptance back

Profiled in November 2026 on two cores with 16 senders, the load generator beside the server. Processor time of a letter of
100 kB, in ms:

| where | accepting only | delivering too | bare accept |
| --- | --- | --- | --- |
| server, main thread | 0.95 | 1.1 to 1.4 | 0.75 |
| thread that writes, and PDF inspection | 0.65 to 0.9 | 0.75 to 1.0 | 0.25 to 0.5 (thread pool) |
| garbage collection (helper threads) | 0.15 | 0.2 | 0.3 |
| PostgreSQL | not measured apart | 0.55 (delivery waits) to 1.1 | |

- Making a file waits for the journal of the file system. On the main thread that was a fifth of its time, in which nobody was
  served; a thread of its own does it now, with hash and encryption. Accepting only rose from 0.44 to between 0.56 and 0.65 of
  the bare rate. A sender alone waits a little longer for it.
- Delivering a letter costs nearly half as much as accepting it: rows and statements of its own, a call to its channel, and here
  the simulated registers and channels in the same process. So while a dozen letters are under way delivery gives way, at most
  five seconds at each step; under a load that fills the machine for longer it takes its share, which is what the long round
  shows.
- PostgreSQL read whole tables for each batch in the first minute of an empty database, until it had statistics; statements
  find their rows by key now whatever it believes.

Towards 0.8: \`ROLE=web\` and \`ROLE=worker\` on machines of their own; fewer rows for each letter (it has eleven when it is
accepted, in eight tables). What did not help when tried: a larger young generation for the garbage collector, longer gathering
of delivery jobs, more than one thread that writes, asynchronous file calls, a larger thread pool.

Statuses of 100 letters drawn at random from a million cost PostgreSQL half a millisecond more than from a thousand: each
id is found through three index pages and a page of its own, where a thousand letters share seven index pages. The newest
hundred, and single ones, do not grow.

`;
