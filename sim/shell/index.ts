/**
 * The virtual shell: clock, generator, keys, disk, network and directory of a simulated world, each behind the
 * same port as the real one, all driven by one seed and never by the machine's own time.
 *
 * @example
 * const scheduler = createSimScheduler();
 * const rng = createSimRng(7);
 * const network = createSimNetwork({ scheduler, rng: rng.split('network') }, { lossRate: 0.01 });
 * const keys = createSimKeys({ registry: createSimKeyRegistry(), rng, store: createSimDisk().open() });
 * const transport = network.attach(keys.create());
 * transport.start((event) => console.log(event.type));
 * scheduler.runFor(1_000);
 */

export { createSharedRows, plainRows, type RowForm } from './row-form.ts';
export {
  createSimClock,
  createSimScheduler,
  type SimClock,
  type SimScheduler,
  simEpochMs,
} from './sim-clock.ts';
export {
  createSimDirectoryWorld,
  type DirectoryLie,
  type SimDirectory,
  type SimDirectoryWorld,
} from './sim-directory.ts';
export { createSimKeyRegistry, createSimKeys, type SimKeyRegistry } from './sim-keys.ts';
export {
  createSimNetwork,
  type FaultAction,
  type FaultRule,
  type SimMessage,
  type SimNetwork,
  type SimTransport,
} from './sim-network.ts';
export { createSimRng, type SimRng } from './sim-rng.ts';
export { createSimDisk, type DiskFault, SimCrash, type SimDisk } from './sim-store.ts';
