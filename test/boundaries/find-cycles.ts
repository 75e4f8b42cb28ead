/**
 * Circles in a directed graph, each as the path that leads back to its start. Of several circles through the same nodes one is
 * given: the first that a depth-first walk in the order of the keys meets.
 */
export function findCycles(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const done = new Set<string>();
  const cycles: string[][] = [];
  for (const start of graph.keys()) walk(start, [], new Map());
  return cycles;

  function walk(node: string, path: string[], depth: Map<string, number>): void {
    const seenAt = depth.get(node);
    if (seenAt !== undefined) {
      cycles.push([...path.slice(seenAt), node]);
      return;
    }
    if (done.has(node)) return;
    depth.set(node, path.length);
    path.push(node);
    for (const next of graph.get(node) ?? []) walk(next, path, depth);
    path.pop();
    depth.delete(node);
    done.add(node);
  }
}
