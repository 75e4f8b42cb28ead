import type { RoomManifest } from './manifest.ts';

/** The manifests so that each comes after those it uses, else in the order given. Throws for a circle or an unknown name. */
export function orderRooms<Manifest extends Pick<RoomManifest, 'name' | 'uses'>>(
  manifests: readonly Manifest[],
): Manifest[] {
  const byName = new Map(manifests.map((manifest) => [manifest.name, manifest]));
  if (byName.size < manifests.length) throw new Error('Two rooms have the same name');
  const ordered = new Set<Manifest>();
  const visit = (manifest: Manifest, path: readonly string[]) => {
    if (ordered.has(manifest)) return;
    if (path.includes(manifest.name))
      throw new Error(`Rooms use each other in a circle: ${[...path, manifest.name].join(' → ')}`);
    for (const name of manifest.uses) {
      const used = byName.get(name);
      if (!used) throw new Error(`The room ${manifest.name} uses ${name}, which is not in the list of rooms`);
      visit(used, [...path, manifest.name]);
    }
    ordered.add(manifest);
  };
  for (const manifest of manifests) visit(manifest, []);
  return [...ordered];
}
