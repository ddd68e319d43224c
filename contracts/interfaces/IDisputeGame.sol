// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Binding, Dispute, DisputeStatus, Reveal} from "../types/Dispute.sol";
import {Position, StepProof, Verdict} from "../types/Trace.sol";

/// @title The dispute game: the worker opens its own trees, the challenger picks, one element decides.
/// @notice challenge → bind → (choose → reveal)* → reveal tile → prove step. Disputes are independent of each other and
/// unlimited; what was revealed once serves all of them. Each side has a clock with a floor after every move of the other;
/// a move at the deadline is legal, a timeout needs the deadline to have passed.
/// @dev Warning: only the worker's own keys may bind. Reveals below a bound root may be sent by anyone.
interface IDisputeGame {
    /// @notice Thrown when a commitment's window has closed. Unknown and ended ones are refused by their source.
    error WindowClosed(bytes32 commitId, uint64 challengeUntil);

    /// @notice Thrown when a commitment's trace root was bound before.
    error AlreadyBound(bytes32 commitId, bytes32 traceRoot);

    /// @notice Thrown when a commitment has no open dispute, so there is nothing to bind or reveal for.
    error NotDisputed(bytes32 commitId);

    /// @notice Thrown when the caller holds none of the worker's keys that may bind.
    error NotWorkerKey(address caller, address worker);

    /// @notice Thrown when the caller is not the dispute's challenger.
    error NotChallenger(address caller, address challenger);

    /// @notice Thrown when a dispute is not open.
    error DisputeNotOpen(bytes32 disputeId, DisputeStatus status);

    /// @notice Thrown when it is the worker's turn.
    error WorkerToMove(bytes32 disputeId, uint64 deadline);

    /// @notice Thrown when the mover's clock has run out.
    error ClockExpired(bytes32 disputeId, uint64 deadline);

    /// @notice Thrown when the side to move still has time.
    error ClockRunning(bytes32 disputeId, uint64 deadline);

    /// @notice Thrown when the dispute stands at another node than the caller expects (a re-org, or a stale plan).
    error UnexpectedNode(bytes32 expected, bytes32 current);

    /// @notice Thrown when the given children or tile do not hash to the node.
    error WrongPreimage(bytes32 computed, bytes32 node);

    /// @notice Thrown when a tile is empty or larger than 1 KiB.
    error WrongTileSize(uint256 given, uint256 maximum);

    /// @notice Thrown when a node was revealed before.
    error AlreadyRevealed(bytes32 commitId, bytes32 node);

    /// @notice Thrown when a child number is not below 16 or the path is full.
    error InvalidChoice(uint256 index, uint8 depth);

    /// @notice Thrown when the caller is not the source of the commitments that this game decides.
    error NotSource(address caller);

    /// @notice Thrown when a dispute has nothing to pay out, or not yet.
    error NothingToSettle(bytes32 disputeId);

    /// @notice A dispute was opened; the worker must bind by `workerDeadline`, unless the trace is bound.
    event Challenged(
        bytes32 indexed disputeId,
        bytes32 indexed commitId,
        address indexed challenger,
        uint32 serial,
        uint96 bond,
        uint64 workerDeadline
    );
    /// @notice The worker is bound to a trace root for every dispute on the commitment.
    event TraceBound(bytes32 indexed commitId, bytes32 indexed traceRoot, address by, bytes32[16] children);
    /// @notice The children behind a hash were shown. Warning: anyone may show nodes that belong to no disputed tree.
    event NodeRevealed(bytes32 indexed commitId, bytes32 indexed node, bytes32[16] children);
    /// @notice The bytes behind a hash were shown. The same warning.
    event TileRevealed(bytes32 indexed commitId, bytes32 indexed node, bytes tile);
    /// @notice A dispute moved down to `node`, which the worker must show by `workerDeadline`.
    event Chosen(bytes32 indexed disputeId, bytes32 indexed node, Position position, uint64 workerDeadline);
    /// @notice The judge has spoken on one element.
    event StepProved(
        bytes32 indexed disputeId,
        bytes32 indexed commitId,
        Verdict verdict,
        Position position,
        uint32 element
    );
    /// @notice A side let its clock run out.
    event TimedOut(bytes32 indexed disputeId, bytes32 indexed commitId, bool workerLost);
    /// @notice A dispute ended. The others on a slashed or refunded commitment become void without an event of their own.
    event DisputeEnded(bytes32 indexed disputeId, bytes32 indexed commitId, DisputeStatus status);
    /// @notice A dispute was paid out: `bond` and `gas` now, `reward` (of the reporter) when the slash was settled. `gas` of
    /// the dispute that won comes first out of the pot; the others share what is left.
    event DisputeSettled(
        bytes32 indexed disputeId,
        address indexed challenger,
        uint96 bond,
        uint96 reward,
        uint96 gas
    );

    /// @notice Opens a dispute on a commitment inside its window; the bond is pulled from the caller.
    /// @param opening What the source needs to recognise the commitment; ignored once it is recorded.
    function challenge(bytes32 commitId, bytes calldata opening) external returns (bytes32 disputeId);

    /// @notice Binds the worker to the trace root whose 16 children are given. Once per commitment, for all disputes.
    function bindTrace(bytes32 commitId, bytes32[16] calldata children) external;

    /// @notice Shows the 16 children of the node that they hash to. Anyone.
    function reveal(bytes32 commitId, bytes32[16] calldata children) external;

    /// @notice Shows the bytes of the tile that they hash to. Anyone.
    function revealTile(bytes32 commitId, bytes calldata tile) external;

    /// @notice Descends from `expectedNode` (the trace root on the first move) into child `index`.
    function choose(
        bytes32 disputeId,
        bytes32 expectedNode,
        bytes32[16] calldata children,
        uint8 index
    ) external;

    /// @notice Descends into the committed output instead of the trace; first move only.
    function chooseOutput(bytes32 disputeId) external;

    /// @notice Lets the judge decide at the current node. Faulty slashes the commitment, correct loses the dispute.
    function proveStep(
        bytes32 disputeId,
        bytes32 expectedNode,
        StepProof calldata proof
    ) external returns (Verdict);

    /// @notice Ends a dispute whose side to move has run out of time. Anyone.
    function timeout(bytes32 disputeId) external;

    /// @notice Credits what a dispute is due: its bond, and after settlement its reward and gas share. Anyone.
    function settleDispute(bytes32 disputeId) external;

    // Source only

    /// @notice Ends all disputes on a commitment that was refunded, or whose slash became a refund; their bonds come back
    /// through `settleDispute`.
    function voidDisputes(bytes32 commitId) external;

    /// @notice Ends all disputes on a commitment that was slashed by something else than this game.
    /// @return firstChallenger Of the earliest dispute that was not lost, zero where there is none.
    function slashedElsewhere(bytes32 commitId) external returns (address firstChallenger);

    /// @notice Takes over the gas pot of a settled slash, which lies in this module's escrow. What the moves of the disputes
    /// that were not lost cannot need at `gasPrice` is burned at once.
    function fundGas(bytes32 commitId, uint96 pot, uint64 gasPrice) external;

    // Views

    function getDispute(bytes32 disputeId) external view returns (Dispute memory);
    function getBinding(bytes32 commitId) external view returns (Binding memory);
    function getReveal(bytes32 commitId, bytes32 node) external view returns (Reveal memory);
    function disputeIdOf(bytes32 commitId, uint32 serial) external view returns (bytes32);

    /// @notice Whose clock runs, and until when. `workersTurn` with a passed deadline means the worker has lost.
    function turn(bytes32 disputeId) external view returns (bool workersTurn, uint64 deadline);
}
