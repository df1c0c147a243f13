/** Which module holds which command. */
import type { Command } from 'commander';

export interface CommandModule {
  /** All that it adds to the program. */
  readonly names: readonly string[];
  readonly load: () => Promise<(program: Command) => void>;
}

/**
 * In the order of `--help`. A command's modules are read when it is called: a node holds no simulator, and starts
 * without one.
 */
export const commandModules: readonly CommandModule[] = [
  { names: ['node'], load: async () => (await import('./node.ts')).addNodeCommand },
  { names: ['init'], load: async () => (await import('./init.ts')).addInitCommand },
  { names: ['config'], load: async () => (await import('./config.ts')).addConfigCommand },
  { names: ['ask'], load: async () => (await import('./ask.ts')).addAskCommand },
  { names: ['demo'], load: async () => (await import('./demo.ts')).addDemoCommand },
  {
    names: ['status', 'peers', 'agents', 'mail', 'events', 'discover'],
    load: async () => (await import('./look.ts')).addLookCommands,
  },
  { names: ['why'], load: async () => (await import('./why.ts')).addWhyCommand },
  { names: ['agent'], load: async () => (await import('./agent.ts')).addAgentCommand },
  { names: ['sim'], load: async () => (await import('./sim.ts')).addSimCommand },
  { names: ['decisions'], load: async () => (await import('./decide.ts')).addDecideCommand },
  { names: ['approvals'], load: async () => (await import('./approvals.ts')).addApprovalsCommand },
  {
    names: ['certificate'],
    load: async () => (await import('./certificate.ts')).addCertificateCommand,
  },
  { names: ['graph'], load: async () => (await import('./graph.ts')).addGraphCommand },
  { names: ['traces'], load: async () => (await import('./traces.ts')).addTracesCommand },
  { names: ['log'], load: async () => (await import('./log.ts')).addLogCommand },
  { names: ['bench'], load: async () => (await import('./bench.ts')).addBenchCommand },
];
