// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IDisputeGame} from "./interfaces/IDisputeGame.sol";
import {IInferenceMarket} from "./interfaces/IInferenceMarket.sol";
import {IParameters} from "./interfaces/IParameters.sol";
import {IStakeVault} from "./interfaces/IStakeVault.sol";
import {IStepVerifier} from "./interfaces/IStepVerifier.sol";
import {Book, BookLib, Ending, Entry, Pot} from "./libraries/BookLib.sol";
import {Descent, DescentLib} from "./libraries/DescentLib.sol";
import {GameClockLib} from "./libraries/GameClockLib.sol";
import {IdLib} from "./libraries/IdLib.sol";
import {MerkleLib} from "./libraries/MerkleLib.sol";
import {MoveGasLib} from "./libraries/MoveGasLib.sol";
import {SplitLib} from "./libraries/SplitLib.sol";
import {Binding, Dispute, DisputeStatus, Reveal} from "./types/Dispute.sol";
import {Tier} from "./types/Tier.sol";
import {Claim, NodeKind, Position, Section, StepProof, Verdict} from "./types/Trace.sol";

/// @title The dispute game: the worker opens its own trees, the challenger picks, one element decides.
/// @dev Holds no tokens; bonds and gas pots lie in this module's escrow in the vault. Trusts the market on what is
/// committed and the judge on what is right. No call loops over disputes or reveals.
contract DisputeGame is IDisputeGame {
    using BookLib for Book;
    using BookLib for Pot;
    using DescentLib for Descent;
    using GameClockLib for GameClockLib.Clocks;

    uint8 internal constant BINDING_ROLES = 3; // operator or defender
    uint8 internal constant MAX_DEPTH = 16; // choices that a path can hold

    IStakeVault internal immutable VAULT;
    IInferenceMarket internal immutable MARKET;
    IParameters internal immutable PARAMETERS;
    IStepVerifier internal immutable VERIFIER;

    mapping(bytes32 disputeId => Descent) internal _descents;
    mapping(bytes32 commitId => mapping(uint32 serial => Entry)) internal _entries;
    mapping(bytes32 commitId => Book) internal _books;
    mapping(bytes32 commitId => mapping(bytes32 node => Reveal)) internal _reveals;
    mapping(bytes32 commitId => Pot) internal _pots;

    modifier onlyMarket() {
        require(msg.sender == address(MARKET), NotMarket(msg.sender));
        _;
    }

    constructor(IStakeVault vault, IInferenceMarket market, IParameters parameters, IStepVerifier verifier) {
        VAULT = vault;
        MARKET = market;
        PARAMETERS = parameters;
        VERIFIER = verifier;
    }

    // OPEN

    /// @inheritdoc IDisputeGame
    function challenge(bytes32 commitId) external returns (bytes32 disputeId) {
        (uint16 version, uint64 challengeUntil) = MARKET.disputeOpened(commitId);
        // INVARIANT (I-28, I-29): any number of disputes inside the window, none after it.
        // GUARD: I-29
        require(block.timestamp <= challengeUntil, WindowClosed(commitId, challengeUntil));
        Tier memory tier = PARAMETERS.tier(version);
        Book storage book = _books[commitId];
        uint32 serial = book.append(_entries[commitId], msg.sender);
        book.gasOwed += MoveGasLib.CHALLENGE;
        book.floorSeconds = tier.floorSeconds;
        disputeId = IdLib.disputeId(commitId, msg.sender, serial);

        Descent storage descent = _descents[disputeId];
        descent.commitId = commitId;
        descent.node = commitId; // means nothing yet: a slot in use makes the first choice as cheap as the others
        descent.status = DisputeStatus.Open;
        descent.lastMoveAt = uint40(block.timestamp);
        descent.workerSeconds = tier.workerSeconds;
        descent.challengerSeconds = tier.challengerSeconds;
        descent.gasOwed = MoveGasLib.CHALLENGE;
        descent.serial = serial;
        uint64 workerDeadline = uint64(block.timestamp) + tier.workerSeconds;
        emit Challenged(disputeId, commitId, msg.sender, serial, tier.challengeBond, workerDeadline);
        VAULT.escrowFrom(msg.sender, tier.challengeBond);
    }

    // THE WORKER'S SIDE

    /// @inheritdoc IDisputeGame
    function bindTrace(bytes32 commitId, bytes32[16] calldata children) external {
        Book storage book = _openBook(commitId);
        require(book.boundAt == 0, AlreadyBound(commitId, book.traceRoot));
        (address worker, ) = MARKET.termsOf(commitId);
        // INVARIANT (S-08): only the worker's own keys say what it is bound to.
        // GUARD: S-08
        require(
            msg.sender == worker || VAULT.hasRole(worker, msg.sender, BINDING_ROLES),
            NotWorkerKey(msg.sender, worker)
        );

        bytes32 traceRoot = MerkleLib.nodeHash(children);
        book.traceRoot = traceRoot;
        book.boundAt = uint40(block.timestamp);
        emit TraceBound(commitId, traceRoot, msg.sender, children);
    }

    /// @inheritdoc IDisputeGame
    function reveal(bytes32 commitId, bytes32 expectedNode, bytes32[16] calldata children) external {
        _requirePreimage(MerkleLib.nodeHash(children), expectedNode);
        _recordReveal(commitId, expectedNode, NodeKind.Inner);
        emit NodeRevealed(commitId, expectedNode, msg.sender, children);
    }

    /// @inheritdoc IDisputeGame
    function revealTile(bytes32 commitId, bytes32 expectedNode, bytes calldata tile) external {
        require(
            tile.length > 0 && tile.length <= MerkleLib.TILE_BYTES,
            WrongTileSize(tile.length, MerkleLib.TILE_BYTES)
        );
        _requirePreimage(MerkleLib.tileHash(tile), expectedNode);
        _recordReveal(commitId, expectedNode, NodeKind.Tile);
        emit TileRevealed(commitId, expectedNode, msg.sender, tile);
    }

    // THE CHALLENGER'S SIDE

    /// @inheritdoc IDisputeGame
    function choose(
        bytes32 disputeId,
        bytes32 expectedNode,
        bytes32[16] calldata children,
        uint8 index
    ) external {
        Descent storage descent = _descents[disputeId];
        Book storage book = _books[descent.commitId];
        bytes32 node = descent.isRooted() ? descent.node : book.traceRoot;
        _requireNode(expectedNode, node);
        GameClockLib.Clocks memory clocks = _challengersMove(disputeId, descent, book);
        _requirePreimage(MerkleLib.nodeHash(children), node);
        uint8 depth = descent.depth;
        require(index < MerkleLib.ARITY && depth < MAX_DEPTH, InvalidChoice(index, depth));
        Position memory position = descent.child(index);

        descent.node = children[index];
        book.gasOwed += MoveGasLib.CHOOSE;
        descent.advance(position, clocks, MoveGasLib.CHOOSE);
        emit Chosen(disputeId, children[index], position, clocks.lastMoveAt + clocks.workerSeconds);
    }

    /// @inheritdoc IDisputeGame
    function chooseOutput(bytes32 disputeId) external {
        Descent storage descent = _descents[disputeId];
        bytes32 commitId = descent.commitId;
        Book storage book = _books[commitId];
        require(!descent.isRooted(), UnexpectedNode(book.traceRoot, descent.node));
        GameClockLib.Clocks memory clocks = _challengersMove(disputeId, descent, book);
        bytes32 outputRoot = MARKET.getCommitment(commitId).outputRoot;
        Position memory position = Position({section: Section.Output, depth: 0, path: 0});

        descent.node = outputRoot;
        book.gasOwed += MoveGasLib.CHOOSE;
        descent.advance(position, clocks, MoveGasLib.CHOOSE);
        emit Chosen(disputeId, outputRoot, position, clocks.lastMoveAt + clocks.workerSeconds);
    }

    /// @inheritdoc IDisputeGame
    function proveStep(
        bytes32 disputeId,
        bytes32 expectedNode,
        StepProof calldata proof
    ) external returns (Verdict verdict) {
        Descent storage descent = _descents[disputeId];
        bytes32 commitId = descent.commitId;
        Book storage book = _books[commitId];
        (bytes32 node, NodeKind kind) = _nodeOf(descent, book);
        _requireNode(expectedNode, node);
        _challengersMove(disputeId, descent, book);
        uint256 judgeGas;
        (verdict, judgeGas) = _judge(descent, book, node, kind, proof);

        emit StepProved(disputeId, commitId, verdict, descent.position(), proof.element);
        if (verdict == Verdict.Correct) {
            _lose(disputeId, descent, book);
        } else {
            uint32 moveGas = MoveGasLib.proveStep(judgeGas);
            descent.gasOwed += moveGas;
            book.gasOwed += moveGas;
            _win(disputeId, descent, book);
        }
    }

    // ANYONE

    /// @inheritdoc IDisputeGame
    function timeout(bytes32 disputeId) external {
        Descent storage descent = _descents[disputeId];
        Book storage book = _books[descent.commitId];
        _requireOpen(disputeId, descent, book);
        (bool workersTurn, , uint64 deadline) = _turn(descent, book);
        // INVARIANT (I-20): a move at the deadline is legal, so only a later time ends the turn.
        // GUARD: I-20
        require(block.timestamp > deadline, ClockRunning(disputeId, deadline));

        emit TimedOut(disputeId, descent.commitId, workersTurn);
        if (workersTurn) _win(disputeId, descent, book);
        else _lose(disputeId, descent, book);
    }

    /// @inheritdoc IDisputeGame
    function settleDispute(bytes32 disputeId) external {
        Descent storage descent = _descents[disputeId];
        bytes32 commitId = descent.commitId;
        Book storage book = _books[commitId];
        Entry storage entry = _entries[commitId][descent.serial];
        Ending ending = book.ending;
        DisputeStatus status = descent.status;
        // INVARIANT (I-30, S-13): every dispute that was not lost is paid, once, after the commitment has ended.
        require(
            (ending == Ending.Settled || ending == Ending.Voided) &&
                (status == DisputeStatus.Open || status == DisputeStatus.Won) &&
                !entry.settled,
            NothingToSettle(disputeId)
        );

        entry.settled = true;
        (, uint16 version) = MARKET.termsOf(commitId);
        uint96 bond = PARAMETERS.tier(version).challengeBond;
        uint96 gas = 0;
        uint96 reward = 0;
        if (ending == Ending.Settled) {
            uint96 dust;
            (gas, dust) = _pots[commitId].take(descent.gasOwed, book.gasOwed);
            // INVARIANT (I-04): every unit of the pot is paid or burned.
            VAULT.burnFromEscrow(dust);
            bool reports = book.first == descent.serial + 1;
            if (reports) reward = SplitLib.slash(MARKET.getCommitment(commitId).lock, 0).reporter;
        }
        emit DisputeSettled(disputeId, entry.challenger, bond, reward, gas);
        VAULT.creditFromEscrow(entry.challenger, bond + gas);
    }

    // MARKET ONLY

    /// @inheritdoc IDisputeGame
    function voidDisputes(bytes32 commitId) external onlyMarket {
        _books[commitId].ending = Ending.Voided;
    }

    /// @inheritdoc IDisputeGame
    function fundGas(bytes32 commitId, uint96 pot, uint64 gasPrice) external onlyMarket {
        Book storage book = _books[commitId];
        uint256 owed = uint256(book.gasOwed) * gasPrice;
        // SAFETY: cast only where it is below a 96-bit pot.
        uint96 amount = owed < pot ? uint96(owed) : pot;
        book.ending = Ending.Settled;
        _pots[commitId].amount = amount;
        VAULT.burnFromEscrow(pot - amount);
    }

    // VIEWS

    /// @inheritdoc IDisputeGame
    function getDispute(bytes32 disputeId) external view returns (Dispute memory found) {
        Descent storage descent = _descents[disputeId];
        bytes32 commitId = descent.commitId;
        Book storage book = _books[commitId];
        Entry storage entry = _entries[commitId][descent.serial];
        found.commitId = commitId;
        found.challenger = entry.challenger;
        found.status = _statusOf(descent, book);
        found.serial = descent.serial;
        found.lastMoveAt = descent.lastMoveAt;
        found.workerSeconds = descent.workerSeconds;
        found.challengerSeconds = descent.challengerSeconds;
        found.position = descent.position();
        found.rooted = descent.isRooted();
        (found.node, ) = _nodeOf(descent, book);
        found.gasOwed = descent.gasOwed;
        found.previous = entry.previous;
        found.next = entry.next;
        if (descent.status != DisputeStatus.None) {
            (, uint16 version) = MARKET.termsOf(commitId);
            found.bond = PARAMETERS.tier(version).challengeBond;
        }
    }

    /// @inheritdoc IDisputeGame
    function getBinding(bytes32 commitId) external view returns (Binding memory) {
        Book storage book = _books[commitId];
        return
            Binding({
                traceRoot: book.traceRoot,
                boundAt: book.boundAt,
                disputes: book.disputes,
                first: book.first,
                last: book.last,
                gasOwed: book.gasOwed
            });
    }

    /// @inheritdoc IDisputeGame
    function getReveal(bytes32 commitId, bytes32 node) external view returns (Reveal memory) {
        return _reveals[commitId][node];
    }

    /// @inheritdoc IDisputeGame
    function disputeIdOf(bytes32 commitId, uint32 serial) external view returns (bytes32) {
        address challenger = _entries[commitId][serial].challenger;
        return challenger == address(0) ? bytes32(0) : IdLib.disputeId(commitId, challenger, serial);
    }

    /// @inheritdoc IDisputeGame
    function turn(bytes32 disputeId) external view returns (bool workersTurn, uint64 deadline) {
        Descent storage descent = _descents[disputeId];
        Book storage book = _books[descent.commitId];
        _requireOpen(disputeId, descent, book);
        (workersTurn, , deadline) = _turn(descent, book);
    }

    // MOVES

    function _openBook(bytes32 commitId) internal view returns (Book storage book) {
        book = _books[commitId];
        // INVARIANT (I-24, I-27): nothing is bound or shown but for a dispute that can still be decided.
        require(book.first != 0 && book.ending == Ending.None, NotDisputed(commitId));
    }

    function _recordReveal(bytes32 commitId, bytes32 node, NodeKind kind) internal {
        _openBook(commitId);
        Reveal storage shown = _reveals[commitId][node];
        require(shown.kind == NodeKind.Unrevealed, AlreadyRevealed(commitId, node));
        shown.kind = kind;
        shown.revealedAt = uint64(block.timestamp);
    }

    function _requirePreimage(bytes32 computed, bytes32 node) internal pure {
        // INVARIANT (I-27): what is shown hashes to the node.
        // GUARD: I-27
        require(computed == node, WrongPreimage(computed, node));
    }

    function _requireNode(bytes32 expected, bytes32 current) internal pure {
        // INVARIANT: a move means the node that the mover has seen, whatever a re-org made of the dispute.
        require(expected == current, UnexpectedNode(expected, current));
    }

    function _requireOpen(bytes32 disputeId, Descent storage descent, Book storage book) internal view {
        DisputeStatus status = _statusOf(descent, book);
        // INVARIANT (I-24): ended disputes accept nothing.
        require(status == DisputeStatus.Open, DisputeNotOpen(disputeId, status));
    }

    /// @dev Holds a challenger's move to the rules and returns the clocks as it leaves them.
    function _challengersMove(
        bytes32 disputeId,
        Descent storage descent,
        Book storage book
    ) internal view returns (GameClockLib.Clocks memory clocks) {
        _requireOpen(disputeId, descent, book);
        _requireChallenger(disputeId, descent);
        clocks = descent.clocks();
        (bool workersTurn, uint64 startedAt, uint64 deadline) = clocks.turn(_respondedAt(descent, book));
        require(!workersTurn, WorkerToMove(disputeId, deadline));
        // INVARIANT (I-25): a clock that has run out stays so.
        // GUARD: I-25
        require(block.timestamp <= deadline, ClockExpired(disputeId, deadline));
        return clocks.afterMove(startedAt, uint64(block.timestamp), book.floorSeconds);
    }

    /// @dev A dispute's id binds its challenger, so a hash does instead of a read; only the error reads.
    function _requireChallenger(bytes32 disputeId, Descent storage descent) internal view {
        (bytes32 commitId, uint32 serial) = (descent.commitId, descent.serial);
        if (IdLib.disputeId(commitId, msg.sender, serial) != disputeId) {
            revert NotChallenger(msg.sender, _entries[commitId][serial].challenger);
        }
    }

    /// @dev The judge's verdict on the claim at the node where the dispute stands, and the gas that it took.
    function _judge(
        Descent storage descent,
        Book storage book,
        bytes32 node,
        NodeKind kind,
        StepProof calldata proof
    ) internal view returns (Verdict verdict, uint256 judgeGas) {
        Claim memory claim = MARKET.claimOf(descent.commitId);
        claim.traceRoot = book.traceRoot;
        judgeGas = gasleft();
        verdict = VERIFIER.verify(claim, descent.position(), node, kind, proof);
        judgeGas -= gasleft();
    }

    // ENDS

    /// @dev The worker has lost: the commitment ends, and with it every dispute on it.
    function _win(bytes32 disputeId, Descent storage descent, Book storage book) internal {
        bytes32 commitId = descent.commitId;
        book.ending = Ending.Slashed;
        descent.status = DisputeStatus.Won;
        // INVARIANT (S-13, I-30): the earliest dispute that was not lost is the reporter, whoever proves first.
        address reporter = _entries[commitId][book.first - 1].challenger;
        if (!MARKET.slash(commitId, reporter)) {
            book.ending = Ending.Voided;
            descent.status = DisputeStatus.Open;
        }
        emit DisputeEnded(disputeId, commitId, _statusOf(descent, book));
    }

    /// @dev The challenger has lost: this dispute ends and changes nothing else.
    function _lose(bytes32 disputeId, Descent storage descent, Book storage book) internal {
        bytes32 commitId = descent.commitId;
        descent.status = DisputeStatus.Lost;
        book.gasOwed -= descent.gasOwed;
        // INVARIANT (S-13): a lost dispute is nobody's report.
        // GUARD: S-13
        book.unlink(_entries[commitId], descent.serial);
        emit DisputeEnded(disputeId, commitId, DisputeStatus.Lost);

        MARKET.disputeLost(commitId);
        (address worker, uint16 version) = MARKET.termsOf(commitId);
        (uint96 toWorker, uint96 burned) = SplitLib.bond(PARAMETERS.tier(version).challengeBond);
        VAULT.creditFromEscrow(worker, toWorker);
        VAULT.burnFromEscrow(burned);
    }

    // DERIVED STATE

    /// @dev An open dispute is void once the commitment has ended by something else.
    function _statusOf(Descent storage descent, Book storage book) internal view returns (DisputeStatus) {
        DisputeStatus status = descent.status;
        if (status == DisputeStatus.Open && book.ending != Ending.None) return DisputeStatus.Void;
        return status;
    }

    function _turn(
        Descent storage descent,
        Book storage book
    ) internal view returns (bool workersTurn, uint64 startedAt, uint64 deadline) {
        return descent.clocks().turn(_respondedAt(descent, book));
    }

    /// @dev When the worker answered the last move; zero while it has not. `EMPTY` has no preimage to show, so choosing it
    /// leaves the turn with the challenger.
    function _respondedAt(Descent storage descent, Book storage book) internal view returns (uint64) {
        if (!descent.isRooted()) return book.boundAt;
        bytes32 node = descent.node;
        if (node == MerkleLib.EMPTY) return descent.lastMoveAt;
        return _reveals[descent.commitId][node].revealedAt;
    }

    function _nodeOf(Descent storage descent, Book storage book) internal view returns (bytes32, NodeKind) {
        bytes32 node = descent.node;
        if (descent.isRooted()) return (node, _reveals[descent.commitId][node].kind);
        return (book.traceRoot, book.boundAt == 0 ? NodeKind.Unrevealed : NodeKind.Inner);
    }
}
