// Every metric of the node, named assay_<role>_<noun>_<unit>. The only file that knows the metrics library.
import {
  Counter,
  collectDefaultMetrics,
  Gauge,
  Histogram,
  type LabelValues,
  Registry,
} from "@prometheus-io/client";

/** All labels of a metric: a missing one would start a second time series. */
export type Labels<label extends string> = Record<label, string>;

export type CountMetric<label extends string = never> = { add(labels: Labels<label>, amount?: number): void };

export type ValueMetric<label extends string = never> = {
  set(labels: Labels<label>, value: number): void;
  /** Forgets all label values, before a snapshot is set anew. */
  reset(): void;
};

export type TimeMetric<label extends string = never> = {
  observe(labels: Labels<label>, seconds: number): void;
};

const seconds = [0.001, 0.005, 0.025, 0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 300];

export type Metrics = ReturnType<typeof createMetrics>;

/** A metric as dashboards and alert rules may name it. */
export type Described = { name: string; help: string; labels: readonly string[]; isHistogram: boolean };

export type MetricsOptions = {
  version?: string /** Adds the figures of the Node.js process itself. */;
  process?: boolean;
};

export function createMetrics({ version = "0.0.0", process: withProcess = false }: MetricsOptions = {}) {
  const registry = new Registry();
  if (withProcess) collectDefaultMetrics({ register: registry, prefix: "assay_node_" });

  const described: Described[] = [];
  const options = <label extends string>(
    name: string,
    help: string,
    labels: readonly label[],
    isHistogram = false,
  ) => {
    described.push({ name, help, labels, isHistogram });
    return { name, help, labelNames: [...labels], registers: [registry] };
  };
  function count<label extends string = never>(
    name: string,
    help: string,
    labels: readonly label[] = [],
  ): CountMetric<label> {
    const counter = new Counter(options(name, help, labels));
    return { add: (given, amount = 1) => counter.inc(given as LabelValues<label>, amount) };
  }
  function value<label extends string = never>(
    name: string,
    help: string,
    labels: readonly label[] = [],
  ): ValueMetric<label> {
    const gauge = new Gauge(options(name, help, labels));
    return {
      set: (given, amount) => gauge.set(given as LabelValues<label>, amount),
      reset: () => gauge.reset(),
    };
  }
  function time<label extends string = never>(
    name: string,
    help: string,
    labels: readonly label[] = [],
  ): TimeMetric<label> {
    const histogram = new Histogram({ ...options(name, help, labels, true), buckets: seconds });
    return { observe: (given, amount) => histogram.observe(given as LabelValues<label>, amount) };
  }

  const build = value("assay_node_build_info", "The software that runs; always 1", ["version", "node"]);
  build.set({ version, node: process.version }, 1);

  return {
    /** The text that a Prometheus server scrapes, and its content type. */
    render: async () => ({ contentType: registry.contentType, text: await registry.metrics() }),
    /** Everything below, in the order in which it stands here. */
    described: (): readonly Described[] => described,

    node: {
      ready: value("assay_node_ready_state", "1 when the node is ready to serve"),
      errors: count("assay_node_errors_total", "Errors by name and by the task that met them", [
        "task",
        "code",
      ]),
      lastRound: value(
        "assay_node_last_round_seconds",
        "When a task has last finished a round, in unix seconds",
        ["task"],
      ),
      httpRequests: count("assay_node_http_requests_total", "HTTP requests", ["route", "code"]),
      httpSeconds: time("assay_node_http_duration_seconds", "Time to answer an HTTP request", ["route"]),
    },
    chain: {
      head: value("assay_chain_head_blocks", "Newest block that an endpoint knows", ["endpoint"]),
      endpointUp: value("assay_chain_endpoint_state", "1 when an endpoint is in use", ["endpoint"]),
      endpointErrors: count("assay_chain_endpoint_errors_total", "Failed calls to an endpoint", [
        "endpoint",
        "code",
      ]),
      disagreements: count("assay_chain_disagreements_total", "Reads on which two endpoints differed"),
      cursor: value("assay_chain_cursor_blocks", "Last block whose events were read", ["poller"]),
      events: count("assay_chain_events_total", "Events read", ["poller"]),
      reorgs: count("assay_chain_reorgs_total", "Re-organisations that were rolled back", ["poller"]),
      reorgDepth: value("assay_chain_reorg_depth_blocks", "Depth of the last re-organisation", ["poller"]),
    },
    sender: {
      transactions: count("assay_sender_transactions_total", "Transactions by how they ended", [
        "sender",
        "state",
      ]),
      pending: value("assay_sender_pending_transactions", "Transactions that are not final", ["sender"]),
      pendingAge: value(
        "assay_sender_pending_age_seconds",
        "Age of the oldest transaction that no block holds",
        ["sender"],
      ),
      replacements: count("assay_sender_replacements_total", "Fee increases and cancellations", ["sender"]),
      repairs: count("assay_sender_gap_repairs_total", "Nonces filled so that later ones can be mined", [
        "sender",
      ]),
      errors: count("assay_sender_errors_total", "Errors of sending", ["sender", "code"]),
      inclusion: time("assay_sender_inclusion_seconds", "Time from the first broadcast to the block", [
        "sender",
      ]),
      gas: count("assay_sender_gas_total", "Gas used by mined transactions", ["sender"]),
      spent: count("assay_sender_spent_gwei_total", "Fees paid for mined transactions", ["sender"]),
      balance: value("assay_sender_balance_gwei", "Coins that pay for gas", ["sender"]),
    },
    execution: {
      runs: count("assay_execution_runs_total", "Executions", ["kind", "outcome"]),
      runSeconds: time("assay_execution_run_seconds", "Time of one execution", ["kind"]),
      loaded: value("assay_execution_loaded_programs", "Programs kept loaded"),
      refused: count("assay_execution_refused_total", "Programs not executed, each time one was asked for", [
        "reason",
      ]),
      selfTest: value("assay_execution_self_test_state", "1 when the program passed its self-test here", [
        "program",
      ]),
    },
    worker: {
      requests: count("assay_worker_requests_total", "Requests seen, by what was done with them", [
        "outcome",
      ]),
      open: value("assay_worker_open_commitments", "Requests and commitments that are not terminal", [
        "status",
      ]),
      answerSeconds: time("assay_worker_answer_seconds", "Time from the request's event to the commitment"),
      missed: count("assay_worker_missed_deadlines_total", "Deadlines that passed without our move", [
        "kind",
      ]),
      disputes: value("assay_worker_open_disputes", "Disputes on our commitments"),
      moves: count("assay_worker_moves_total", "Our moves in disputes", ["move"]),
      deadline: value("assay_worker_deadline_seconds", "Time left on the most urgent dispute clock"),
      samples: count("assay_worker_samples_total", "Answers computed again by the reference executor", [
        "verdict",
      ]),
      stake: value("assay_worker_stake_tokens", "Stake by state, in whole tokens", ["state"]),
      earned: count("assay_worker_earned_tokens_total", "Fees earned, in whole tokens"),
      slashed: count("assay_worker_slashed_tokens_total", "Stake lost, in whole tokens"),
      receipts: count("assay_worker_receipts_total", "Questions answered with receipts, or refused, by why", [
        "outcome",
      ]),
      receiptDisputes: value("assay_worker_receipt_disputes", "Our receipts with open disputes"),
      liability: value(
        "assay_worker_liability_tokens",
        "What open receipts stand for, and what channels allot, in whole tokens",
        ["state"],
      ),
      unredeemed: value(
        "assay_worker_unredeemed_tokens",
        "What vouchers promise and was not redeemed, in whole tokens",
      ),
      unposted: value("assay_worker_unposted_epochs", "Epochs that are over and whose root is not posted"),
    },
    watchtower: {
      checked: count("assay_watchtower_checked_total", "Commitments checked, by verdict", ["verdict"]),
      unavailable: count("assay_watchtower_unavailable_total", "Commitments that could not be checked", [
        "reason",
      ]),
      disputes: value("assay_watchtower_own_disputes", "Our disputes", ["status"]),
      moves: count("assay_watchtower_moves_total", "Our moves in disputes", ["move"]),
      deadline: value("assay_watchtower_deadline_seconds", "Time left on the most urgent dispute clock"),
      bonds: value("assay_watchtower_bonds_tokens", "Bonds by state, in whole tokens", ["state"]),
      checkSeconds: time("assay_watchtower_check_seconds", "Time from a commitment's event to its verdict"),
      coverage: value(
        "assay_watchtower_coverage_ratio",
        "Checked commitments in parts of those to be checked, over the last two windows",
      ),
      omitted: value("assay_watchtower_omitted_commitments", "Commitments left to others, by why", [
        "reason",
      ]),
      unchallenged: value(
        "assay_watchtower_unchallenged_commitments",
        "Wrong answers not challenged, by why",
        ["because"],
      ),
      halted: value("assay_watchtower_halted_state", "1 while nothing new is challenged, by why", ["reason"]),
      gas: value(
        "assay_watchtower_gas_gwei",
        "Coins for gas: spent today, kept for open disputes, limit of a day",
        ["state"],
      ),
      unfetched: value(
        "assay_watchtower_unfetched_epochs",
        "Posted epochs that were not fetched from their workers yet",
      ),
      refuted: value(
        "assay_watchtower_refuted_programs",
        "Programs on which the judge has contradicted this machine",
      ),
    },
    keeper: {
      pokes: count("assay_keeper_pokes_total", "Deadlines that the keeper acted on", ["call", "outcome"]),
    },
    monitor: {
      commitments: value("assay_monitor_open_commitments", "Commitments that are looked after, by verdict", [
        "tier",
        "agreement",
      ]),
      disputes: value(
        "assay_monitor_open_disputes",
        "Open disputes, by whose turn it is and how they are going to end",
        ["turn", "forecast"],
      ),
      clock: value("assay_monitor_clock_seconds", "Least time left on the clock of a side whose turn it is", [
        "side",
      ]),
      floor: value(
        "assay_monitor_floor_seconds",
        "Least time that every turn has, in the fastest tier in use",
      ),
      coverage: value(
        "assay_monitor_coverage_ratio",
        "Checked commitments in parts of all, over the last two windows",
      ),
      receipts: value(
        "assay_monitor_open_receipts",
        "Opened receipts, disputes on them, questions about epochs",
        ["of"],
      ),
      against: value("assay_monitor_wrong_forecasts", "Commitments that are going to end wrong, by how", [
        "because",
      ]),
      finalizedWrong: count("assay_monitor_finalized_wrong_total", "Final results that are wrong"),
      slashedRight: count("assay_monitor_slashed_right_total", "Right answers that were slashed, by how", [
        "cause",
      ]),
      contradictions: value(
        "assay_monitor_contradicted_commitments",
        "Commitments on which this machine's own executions differ",
      ),
      missingInputs: value(
        "assay_monitor_missing_inputs",
        "Inputs that are nowhere to be found, by what they are of",
        ["of"],
      ),
      solvency: value(
        "assay_monitor_solvency_gap_tokens",
        "What the vault has less what it owes, in whole tokens",
        ["books"],
      ),
      credit: value("assay_monitor_credit_tokens", "Credit of all accounts, in whole tokens", ["books"]),
      airgap: value("assay_monitor_airgap_slashes", "Slashes that may still be flipped to a refund"),
      flips: count("assay_monitor_guardian_flips_total", "Slashes that the guardian has flipped to a refund"),
      paused: value("assay_monitor_paused_state", "1 while new requests are paused"),
      proposed: value("assay_monitor_proposed_parameters_state", "1 while a parameter version is proposed"),
      agree: value(
        "assay_monitor_endpoints_agree_state",
        "0 when the endpoints differed or too few answered",
      ),
      headAge: value("assay_monitor_head_age_seconds", "Age of the newest block"),
      findings: value("assay_monitor_present_findings", "What a person should look at, by how soon", [
        "severity",
        "kind",
      ]),
    },
  };
}
