import { type RoomManifest, valuesOf } from '@grunnmur/kernel/room';
import { amqpConnections, amqpPorts } from './amqp-ports.ts';
import { Settings, settings } from './settings.ts';

/** Messages between systems: Fiks IO and its configuration. */
export const room: RoomManifest = {
  name: 'exchange',
  uses: ['access', 'registers'],
  migrations: new URL('./migrations/', import.meta.url),
  locales: new URL('./locales/', import.meta.url),
  settings,
  storage: {
    scope: 'exchange',
    objects: async () => (await import('./store/stored-objects.ts')).STORED_OBJECTS,
  },
  ports: (env, { mode, anyPort, listenHost }) => {
    const { broker, plainPort, tlsPort } = amqpPorts(valuesOf(Settings, env), mode, anyPort);
    if (broker) return [];
    return [
      ...(plainPort === undefined ? [] : [{ setting: 'AMQP_PORT', port: plainPort, host: '127.0.0.1' }]),
      ...(tlsPort === undefined ? [] : [{ setting: 'AMQPS_PORT', port: tlsPort, host: listenHost }]),
    ];
  },
  connections: (env, openFiles) => ({
    kind: 'AMQP',
    most: amqpConnections(valuesOf(Settings, env), openFiles).maxConnections,
  }),
  create: async (host) => (await import('./build-room.ts')).buildRoom(host),
};
