// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ICommitments} from "./interfaces/ICommitments.sol";
import {IDisputeGame} from "./interfaces/IDisputeGame.sol";
import {IParameters} from "./interfaces/IParameters.sol";
import {IStakeVault} from "./interfaces/IStakeVault.sol";
import {IStepVerifier} from "./interfaces/IStepVerifier.sol";
import {Book, BookLib, Ending, Entry, Pot} from "./libraries/BookLib.sol";
import {Descent, DescentLib, Standing} from "./libraries/DescentLib.sol";
import {GameClockLib} from "./libraries/GameClockLib.sol";
import {IdLib} from "./libraries/IdLib.sol";
import {MerkleLib} from "./libraries/MerkleLib.sol";
import {MoveGasLib} from "./libraries/MoveGasLib.sol";
import {RevealLib, Shown} from "./libraries/RevealLib.sol";
import {SplitLib} from "./libraries/SplitLib.sol";
import {Binding, Dispute, DisputeStatus, Reveal} from "./types/Dispute.sol";
import {Claim, NodeKind, Position, Section, StepProof, Verdict} from "./types/Trace.sol";

/// @title The dispute game: the worker opens its own trees, the challenger picks, one element decides.
/// @dev Holds no tokens; bonds and gas pots lie in this module's escrow in the vault. Each instance decides the commitments of
/// one source, which it trusts on what is committed, as it trusts the judge on what is right. No call loops over disputes or
/// reveals.
contract DisputeGame is IDisputeGame {
    using BookLib for Book;
    using BookLib for Pot;
    using DescentLib for Descent;
    using DescentLib for Standing;
    using GameClockLib for GameClockLib.Clocks;
    using RevealLib for Shown;

    uint8 internal constant BINDING_ROLES = 3; // operator or defender
    uint8 internal constant MAX_DEPTH = 16; // choices that a path can hold

    IStakeVault internal immutable VAULT;
    ICommitments internal immutable SOURCE;
    IParameters internal immutable PARAMETERS;
    IStepVerifier internal immutable VERIFIER;

    mapping(bytes32 disputeId => Descent) internal _descents;
    mapping(bytes32 commitId => mapping(uint32 serial => Entry)) internal _entries;
    mapping(bytes32 commitId => Book) internal _books;
    mapping(bytes32 commitId => mapping(bytes32 node => Shown)) internal _reveals;
    mapping(bytes32 commitId => Pot) internal _pots;
    bool internal transient _moved; // whether this transaction has made a challenger's move already

    modifier onlySource() {
        // INVARIANT (I-50): only the source says how a commitment ended, and only it hands over a gas pot.
        // GUARD: I-50
        require(msg.sender == address(SOURCE), NotSource(msg.sender));
        _;
    }

    constructor(IStakeVault vault, ICommitments source, IParameters parameters, IStepVerifier verifier) {
        VAULT = vault;
        SOURCE = source;
        PARAMETERS = parameters;
        VERIFIER = verifier;
    }

    // OPEN

    /// @inheritdoc IDisputeGame
    function challenge(bytes32 commitId, bytes calldata opening) external returns (bytes32 disputeId) {
        (uint16 version, uint64 challengeUntil) = SOURCE.hold(commitId, opening, msg.sender);
        // INVARIANT (I-28, I-29, S-09): any number of disputes inside the window, wherever it ends by now, none after it.
        // GUARD: I-29
        require(block.timestamp <= challengeUntil, WindowClosed(commitId, challengeUntil));
        uint96 bond;
        Standing memory standing;
        Book storage book = _books[commitId];
        (
            bond,
            standing.clocks.workerSeconds,
            standing.clocks.challengerSeconds,
            book.floorSeconds
        ) = PARAMETERS.challengeTerms(version);
        standing.status = DisputeStatus.Open;
        standing.serial = book.append(_entries[commitId], msg.sender);
        standing.gasOwed = _moveGas(MoveGasLib.CHALLENGE, MoveGasLib.NEXT_CHALLENGE);
        standing.clocks.lastMoveAt = uint64(block.timestamp);
        book.gasOwed += standing.gasOwed;
        disputeId = IdLib.disputeId(commitId, msg.sender, standing.serial);

        Descent storage descent = _descents[disputeId];
        descent.commitId = commitId;
        descent.node = commitId; // means nothing yet: a slot in use makes the first choice as cheap as the others
        descent.save(standing);
        uint64 workerDeadline = uint64(block.timestamp) + standing.clocks.workerSeconds;
        emit Challenged(disputeId, commitId, msg.sender, standing.serial, bond, workerDeadline);
        VAULT.escrowFrom(msg.sender, bond);
    }

    // THE WORKER'S SIDE

    /// @inheritdoc IDisputeGame
    function bindTrace(bytes32 commitId, bytes32[16] calldata children) external {
        Book storage book = _openBook(commitId);
        require(book.boundAt == 0, AlreadyBound(commitId, book.traceRoot));
        (address worker, ) = SOURCE.termsOf(commitId);
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
    function reveal(bytes32 commitId, bytes32[16] calldata children) external {
        bytes32 node = MerkleLib.nodeHash(children);
        _recordReveal(commitId, node, NodeKind.Inner);
        emit NodeRevealed(commitId, node, children);
    }

    /// @inheritdoc IDisputeGame
    function revealTile(bytes32 commitId, bytes calldata tile) external {
        // SAFETY: less than nothing is more than a tile.
        unchecked {
            if (tile.length - 1 >= MerkleLib.TILE_BYTES) {
                revert WrongTileSize(tile.length, MerkleLib.TILE_BYTES);
            }
        }
        bytes32 node = MerkleLib.tileHash(tile);
        _recordReveal(commitId, node, NodeKind.Tile);
        emit TileRevealed(commitId, node, tile);
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
        bytes32 commitId = descent.commitId;
        Book storage book = _books[commitId];
        Standing memory standing = descent.standing();
        bytes32 node = standing.isRooted() ? descent.node : book.traceRoot;
        _requireNode(expectedNode, node);
        _challengersMove(disputeId, commitId, node, standing, book);
        bytes32 computed = MerkleLib.nodeHash(children);
        // INVARIANT (I-27): a choice leads to what the worker is bound to.
        // GUARD: I-27
        require(computed == node, WrongPreimage(computed, node));
        Position memory position = standing.position;
        uint8 depth = position.depth;
        require(index < MerkleLib.ARITY && depth < MAX_DEPTH, InvalidChoice(index, depth));

        // SAFETY: a path has room for 16 choices.
        unchecked {
            position.depth = depth + 1;
            position.path = (position.path << 4) | index;
        }
        _choose(disputeId, children[index], descent, standing, book);
    }

    /// @inheritdoc IDisputeGame
    function chooseOutput(bytes32 disputeId) external {
        Descent storage descent = _descents[disputeId];
        bytes32 commitId = descent.commitId;
        Book storage book = _books[commitId];
        Standing memory standing = descent.standing();
        bytes32 node = book.traceRoot;
        require(!standing.isRooted(), UnexpectedNode(node, descent.node));
        _challengersMove(disputeId, commitId, node, standing, book);

        standing.position.section = Section.Output;
        _choose(disputeId, SOURCE.outputRootOf(commitId), descent, standing, book);
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
        Standing memory standing = descent.standing();
        (bytes32 node, NodeKind kind) = _nodeOf(descent, standing, book);
        _requireNode(expectedNode, node);
        _challengersMove(disputeId, commitId, node, standing, book);
        uint256 judgeGas;
        (verdict, judgeGas) = _judge(commitId, standing.position, book, node, kind, proof);

        emit StepProved(disputeId, commitId, verdict, standing.position, proof.element);
        if (verdict == Verdict.Correct) {
            _lose(disputeId, descent, standing, book);
        } else {
            uint32 moveGas = MoveGasLib.proveStep(judgeGas);
            standing.gasOwed += moveGas;
            book.gasOwed += moveGas;
            _win(disputeId, descent, standing, book);
        }
    }

    // ANYONE

    /// @inheritdoc IDisputeGame
    function timeout(bytes32 disputeId) external {
        Descent storage descent = _descents[disputeId];
        bytes32 commitId = descent.commitId;
        Book storage book = _books[commitId];
        Standing memory standing = descent.standing();
        _requireOpen(disputeId, standing, book);
        (bool workersTurn, , uint64 deadline) = _turn(descent, standing, book);
        // INVARIANT (I-20): a move at the deadline is legal, so only a later time ends the turn.
        // GUARD: I-20
        require(block.timestamp > deadline, ClockRunning(disputeId, deadline));

        emit TimedOut(disputeId, commitId, workersTurn);
        if (workersTurn) _win(disputeId, descent, standing, book);
        else _lose(disputeId, descent, standing, book);
    }

    /// @inheritdoc IDisputeGame
    function settleDispute(bytes32 disputeId) external {
        Descent storage descent = _descents[disputeId];
        bytes32 commitId = descent.commitId;
        Book storage book = _books[commitId];
        Standing memory standing = descent.standing();
        Entry storage entry = _entries[commitId][standing.serial];
        Ending ending = book.ending;
        DisputeStatus status = standing.status;
        // INVARIANT (I-30, S-13): every dispute that was not lost is paid, once, after the commitment has ended.
        require(
            (ending == Ending.Settled || ending == Ending.Voided) &&
                (status == DisputeStatus.Open || status == DisputeStatus.Won) &&
                !entry.settled,
            NothingToSettle(disputeId)
        );

        entry.settled = true;
        (, uint16 version) = SOURCE.termsOf(commitId);
        (uint96 bond, , , ) = PARAMETERS.challengeTerms(version);
        (uint96 gas, uint96 reward) = (0, 0);
        if (ending == Ending.Settled) {
            gas = _takeGas(commitId, standing, version);
            if (book.first == standing.serial + 1) {
                reward = SplitLib.bps(SOURCE.getCommitment(commitId).lock, SplitLib.REPORTER_BPS);
            }
        }
        emit DisputeSettled(disputeId, entry.challenger, bond, reward, gas);
        VAULT.creditFromEscrow(entry.challenger, bond + gas);
    }

    // SOURCE ONLY

    /// @inheritdoc IDisputeGame
    function voidDisputes(bytes32 commitId) external onlySource {
        _books[commitId].ending = Ending.Voided;
    }

    /// @inheritdoc IDisputeGame
    function slashedElsewhere(bytes32 commitId) external onlySource returns (address firstChallenger) {
        Book storage book = _books[commitId];
        book.ending = Ending.Slashed;
        return _reporter(commitId, book);
    }

    /// @inheritdoc IDisputeGame
    function fundGas(bytes32 commitId, uint96 pot, uint64 gasPrice) external onlySource {
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
        Standing memory standing = descent.standing();
        Entry storage entry = _entries[commitId][standing.serial];
        found.commitId = commitId;
        found.challenger = entry.challenger;
        found.status = _statusOf(standing, book);
        found.serial = standing.serial;
        found.lastMoveAt = standing.clocks.lastMoveAt;
        found.workerSeconds = standing.clocks.workerSeconds;
        found.challengerSeconds = standing.clocks.challengerSeconds;
        found.position = standing.position;
        found.rooted = standing.isRooted();
        (found.node, ) = _nodeOf(descent, standing, book);
        found.gasOwed = standing.gasOwed;
        found.previous = entry.previous;
        found.next = entry.next;
        if (standing.status != DisputeStatus.None) {
            (, uint16 version) = SOURCE.termsOf(commitId);
            (found.bond, , , ) = PARAMETERS.challengeTerms(version);
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
        return _reveals[commitId][node].reveal();
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
        Standing memory standing = descent.standing();
        _requireOpen(disputeId, standing, book);
        (workersTurn, , deadline) = _turn(descent, standing, book);
    }

    // MOVES

    function _openBook(bytes32 commitId) internal view returns (Book storage book) {
        book = _books[commitId];
        // INVARIANT (I-24, I-27): nothing is bound or shown but for a dispute that can still be decided.
        (uint32 first, Ending ending) = (book.first, book.ending);
        require(first != 0 && ending == Ending.None, NotDisputed(commitId));
    }

    /// @dev What is shown is kept under its own hash, so nobody shows anything false (I-27).
    function _recordReveal(bytes32 commitId, bytes32 node, NodeKind kind) internal {
        _openBook(commitId);
        Shown storage shown = _reveals[commitId][node];
        if (shown.isShown()) revert AlreadyRevealed(commitId, node);
        shown.save(kind);
    }

    function _requireNode(bytes32 expected, bytes32 current) internal pure {
        // INVARIANT: a move means the node that the mover has seen, whatever a re-org made of the dispute.
        require(expected == current, UnexpectedNode(expected, current));
    }

    function _requireOpen(bytes32 disputeId, Standing memory standing, Book storage book) internal view {
        DisputeStatus status = _statusOf(standing, book);
        // INVARIANT (I-24): ended disputes accept nothing.
        // GUARD: I-24
        require(status == DisputeStatus.Open, DisputeNotOpen(disputeId, status));
    }

    /// @dev Holds a challenger's move at `node` to the rules and leaves the clocks as they are after it.
    function _challengersMove(
        bytes32 disputeId,
        bytes32 commitId,
        bytes32 node,
        Standing memory standing,
        Book storage book
    ) internal view {
        _requireOpen(disputeId, standing, book);
        _requireChallenger(disputeId, commitId, standing.serial);
        uint64 respondedAt = _respondedAt(commitId, node, standing, book);
        (bool workersTurn, uint64 startedAt, uint64 deadline) = standing.clocks.turn(respondedAt);
        require(!workersTurn, WorkerToMove(disputeId, deadline));
        // INVARIANT (I-25): a clock that has run out stays so.
        // GUARD: I-25
        require(block.timestamp <= deadline, ClockExpired(disputeId, deadline));
        standing.clocks = standing.clocks.afterMove(startedAt, uint64(block.timestamp), book.floorSeconds);
    }

    /// @dev A dispute's id binds its challenger, so a hash does instead of a read; only the error reads.
    function _requireChallenger(bytes32 disputeId, bytes32 commitId, uint32 serial) internal view {
        if (IdLib.disputeId(commitId, msg.sender, serial) != disputeId) {
            revert NotChallenger(msg.sender, _entries[commitId][serial].challenger);
        }
    }

    /// @dev What a challenger's move is repaid.
    function _moveGas(uint32 first, uint32 next) internal returns (uint32) {
        // INVARIANT (S-13): whoever makes many moves in one transaction is repaid what each adds to it.
        // GUARD: S-13.batch
        if (_moved) return next;
        _moved = true;
        return first;
    }

    /// @dev Books a choice: the dispute stands at `node`, whose place `standing` tells.
    function _choose(
        bytes32 disputeId,
        bytes32 node,
        Descent storage descent,
        Standing memory standing,
        Book storage book
    ) internal {
        uint32 moveGas = _moveGas(MoveGasLib.CHOOSE, MoveGasLib.NEXT_CHOOSE);
        // SAFETY: a descent has at most 17 choices.
        unchecked {
            standing.gasOwed += moveGas;
        }
        book.gasOwed += moveGas;
        descent.node = node;
        descent.save(standing);
        GameClockLib.Clocks memory clocks = standing.clocks;
        emit Chosen(disputeId, node, standing.position, clocks.lastMoveAt + clocks.workerSeconds);
    }

    /// @dev The judge's verdict on the claim at the node where the dispute stands, and the gas that it took.
    function _judge(
        bytes32 commitId,
        Position memory position,
        Book storage book,
        bytes32 node,
        NodeKind kind,
        StepProof calldata proof
    ) internal view returns (Verdict verdict, uint256 judgeGas) {
        Claim memory claim = SOURCE.claimOf(commitId);
        claim.traceRoot = book.traceRoot;
        judgeGas = gasleft();
        verdict = VERIFIER.verify(claim, position, node, kind, proof);
        judgeGas -= gasleft();
    }

    // ENDS

    /// @dev The worker has lost: the commitment ends, and with it every dispute on it.
    function _win(
        bytes32 disputeId,
        Descent storage descent,
        Standing memory standing,
        Book storage book
    ) internal {
        bytes32 commitId = descent.commitId;
        // INVARIANT (S-13): nobody dilutes what the one who proves a fault is repaid.
        // GUARD: S-13.pot
        book.winnerGas = standing.gasOwed;
        book.ending = Ending.Slashed;
        standing.status = DisputeStatus.Won;
        // INVARIANT (S-13, I-30): the earliest dispute that was not lost is the reporter, whoever proves first.
        if (!SOURCE.slash(commitId, _reporter(commitId, book))) {
            book.ending = Ending.Voided;
            standing.status = DisputeStatus.Open;
        }
        descent.save(standing);
        emit DisputeEnded(disputeId, commitId, _statusOf(standing, book));
    }

    /// @dev The challenger has lost: this dispute ends and changes nothing else.
    function _lose(
        bytes32 disputeId,
        Descent storage descent,
        Standing memory standing,
        Book storage book
    ) internal {
        bytes32 commitId = descent.commitId;
        standing.status = DisputeStatus.Lost;
        descent.save(standing);
        book.gasOwed -= standing.gasOwed;
        // INVARIANT (S-13): a lost dispute is nobody's report.
        // GUARD: S-13
        book.unlink(_entries[commitId], standing.serial);
        emit DisputeEnded(disputeId, commitId, DisputeStatus.Lost);

        SOURCE.release(commitId);
        (address worker, uint16 version) = SOURCE.termsOf(commitId);
        (uint96 bond, , , ) = PARAMETERS.challengeTerms(version);
        (uint96 toWorker, uint96 burned) = SplitLib.bond(bond);
        VAULT.creditFromEscrow(worker, toWorker);
        VAULT.burnFromEscrow(burned);
    }

    /// @dev Takes the gas of a dispute's moves out of the pot.
    function _takeGas(
        bytes32 commitId,
        Standing memory standing,
        uint16 version
    ) internal returns (uint96 gas) {
        Book storage book = _books[commitId];
        (, uint64 gasPrice) = PARAMETERS.settleTerms(version);
        bool won = standing.status == DisputeStatus.Won;
        uint96 dust;
        (gas, dust) = _pots[commitId].take(book, standing.gasOwed, won, gasPrice);
        // INVARIANT (I-04): every unit of the pot is paid or burned.
        VAULT.burnFromEscrow(dust);
    }

    /// @dev The challenger of the earliest dispute that was not lost; zero where there is none.
    function _reporter(bytes32 commitId, Book storage book) internal view returns (address) {
        uint32 first = book.first;
        return first == 0 ? address(0) : _entries[commitId][first - 1].challenger;
    }

    // DERIVED STATE

    /// @dev An open dispute is void once the commitment has ended by something else.
    function _statusOf(Standing memory standing, Book storage book) internal view returns (DisputeStatus) {
        DisputeStatus status = standing.status;
        if (status == DisputeStatus.Open && book.ending != Ending.None) return DisputeStatus.Void;
        return status;
    }

    function _turn(
        Descent storage descent,
        Standing memory standing,
        Book storage book
    ) internal view returns (bool workersTurn, uint64 startedAt, uint64 deadline) {
        return standing.clocks.turn(_respondedAt(descent.commitId, descent.node, standing, book));
    }

    /// @dev When the worker answered the last move, after which the dispute stands at `node`; zero while it has not. `EMPTY`
    /// has no preimage to show, so choosing it leaves the turn with the challenger.
    function _respondedAt(
        bytes32 commitId,
        bytes32 node,
        Standing memory standing,
        Book storage book
    ) internal view returns (uint64) {
        if (!standing.isRooted()) return book.boundAt;
        if (node == MerkleLib.EMPTY) return standing.clocks.lastMoveAt;
        return _reveals[commitId][node].revealedAt();
    }

    function _nodeOf(
        Descent storage descent,
        Standing memory standing,
        Book storage book
    ) internal view returns (bytes32, NodeKind) {
        if (standing.isRooted()) {
            bytes32 node = descent.node;
            return (node, _reveals[descent.commitId][node].kind());
        }
        return (book.traceRoot, book.boundAt == 0 ? NodeKind.Unrevealed : NodeKind.Inner);
    }
}
