import { BlockList, isIP } from 'node:net';

/** Says whether an address is one of `peers`: addresses or networks such as `10.1.0.0/16`. Throws on others. */
export function allowsPeer(peers: readonly string[]): (address: string | undefined) => boolean {
  const list = new BlockList();
  for (const peer of peers) {
    const [address = '', bits] = peer.split('/');
    const family = isIP(address);
    const prefix = bits === undefined ? (family === 6 ? 128 : 32) : Number(bits);
    const valid =
      family !== 0 && Number.isInteger(prefix) && prefix >= 0 && prefix <= (family === 6 ? 128 : 32);
    if (!valid || bits === '') throw new Error(`not an address or network: ${peer}`);
    list.addSubnet(address, prefix, family === 6 ? 'ipv6' : 'ipv4');
  }
  return (address) => {
    if (address === undefined) return false;
    // An IPv4 client of a listener for both.
    const plain = address.startsWith('::ffff:') ? address.slice('::ffff:'.length) : address;
    const family = isIP(plain);
    return family !== 0 && list.check(plain, family === 6 ? 'ipv6' : 'ipv4');
  };
}
