// The form of what a scenario found out: as JSON in a file, as tables on a page. No file of it computes anything.
import type { Settled } from '../stage.ts';
import type { Second, Window } from '../window.ts';

/** One thing the issue asks for, with what was measured. */
export interface Acceptance {
  readonly what: string;
  readonly bound: string;
  readonly measured: string;
  readonly passed: boolean;
}

/** One server through one scenario. */
export interface Run {
  readonly server: string;
  readonly title: string;
  /** Figures of this scenario alone, by name with unit. */
  readonly figures: Readonly<Record<string, number | string>>;
  readonly windows: readonly { readonly label: string; readonly window: Window }[];
  readonly timeline: readonly Second[];
  readonly settled: Settled | undefined;
}

export interface ScenarioReport {
  readonly scenario: string;
  readonly does: string;
  readonly options: Readonly<Record<string, number | string | boolean>>;
  readonly runs: readonly Run[];
  readonly acceptance: readonly Acceptance[];
}

/** A file of the load test. */
export interface ReportFile {
  readonly at: string;
  readonly command: string;
  readonly machine: Machine;
  readonly report: ScenarioReport;
}

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly kernel: string;
  readonly node: string;
  readonly pinned: boolean;
  /** Load average of the minute before the run: other programs make figures worse. */
  readonly loadBefore: number;
}
