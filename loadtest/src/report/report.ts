// The data of a report, written as JSON and rendered as tables. It computes nothing.
import type { Settled } from '../stage.ts';
import type { Second, Window } from '../window.ts';

/** One acceptance criterion and the measured value. */
export interface Acceptance {
  readonly what: string;
  readonly bound: string;
  readonly measured: string;
  readonly passed: boolean;
}

/** The results of one server in one scenario. */
export interface Run {
  readonly server: string;
  readonly title: string;
  /** Further figures of this scenario, by name with unit. */
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

/** The content of a report file. */
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
  /** Load average of the minute before the run; other programs distort the figures. */
  readonly loadBefore: number;
}
