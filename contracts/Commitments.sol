// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ICommitments} from "./interfaces/ICommitments.sol";
import {IDisputeGame} from "./interfaces/IDisputeGame.sol";
import {IParameters} from "./interfaces/IParameters.sol";
import {IProgramRegistry} from "./interfaces/IProgramRegistry.sol";
import {IStakeVault} from "./interfaces/IStakeVault.sol";
import {IdLib} from "./libraries/IdLib.sol";
import {SplitLib} from "./libraries/SplitLib.sol";
import {Commitment, CommitmentStatus, Terms} from "./types/Commitment.sol";
import {Claim} from "./types/Trace.sol";

/// @title What every source of commitments shares: holds, slashes and their distribution.
/// @dev Holds no tokens; slashed locks lie in this module's escrow in the vault. A commitment is recorded when something is
/// first held against it, and never before: an answer that nobody doubts costs no storage. Trusts its modules, which the
/// deployer names once.
abstract contract Commitments is ICommitments {
    IStakeVault internal immutable VAULT;
    IProgramRegistry internal immutable REGISTRY;
    IParameters internal immutable PARAMETERS;
    address internal immutable GUARDIAN; // zero = nobody, ever
    address internal immutable AUDIT_POOL; // zero = its share is burned
    address internal immutable DEPLOYER;

    IDisputeGame internal _game;
    address internal _inputRequests;
    mapping(address module => bool) internal _isModule;
    mapping(bytes32 commitId => Commitment) internal _commitments;

    modifier onlyModule() {
        _requireModule();
        _;
    }

    constructor(
        IStakeVault vault,
        IProgramRegistry registry,
        IParameters parameters,
        address guardian,
        address auditPool
    ) {
        VAULT = vault;
        REGISTRY = registry;
        PARAMETERS = parameters;
        GUARDIAN = guardian;
        AUDIT_POOL = auditPool;
        DEPLOYER = msg.sender;
    }

    /// @inheritdoc ICommitments
    function setModules(address game, address inputRequests, address equivocation, address epochs) external {
        // INVARIANT (I-50): the deployer's one call, then nobody is privileged.
        require(msg.sender == DEPLOYER && address(_game) == address(0), SourceModulesAlreadySet());
        _game = IDisputeGame(game);
        _inputRequests = inputRequests;
        _isModule[game] = true;
        _isModule[inputRequests] = true;
        _isModule[equivocation] = true;
        _isModule[epochs] = true;
        emit SourceModulesSet(game, inputRequests, equivocation, epochs);
    }

    // MODULES ONLY

    /// @inheritdoc ICommitments
    function hold(
        bytes32 commitId,
        bytes calldata opening,
        address by
    ) external onlyModule returns (uint16 version, uint64 challengeUntil) {
        Commitment storage held = _commitments[commitId];
        if (held.status == CommitmentStatus.None) _record(commitId, opening, by);
        // INVARIANT (I-24): a commitment that has ended accepts nothing.
        // GUARD: I-24
        require(held.status == CommitmentStatus.Open, NotDisputable(commitId));
        ++held.holds;
        return (held.terms.version, held.challengeUntil);
    }

    /// @inheritdoc ICommitments
    function release(bytes32 commitId) external onlyModule {
        --_commitments[commitId].holds;
    }

    /// @inheritdoc ICommitments
    function extend(bytes32 commitId, uint64 until) external onlyModule {
        Commitment storage held = _commitments[commitId];
        require(held.status == CommitmentStatus.Open, NotDisputable(commitId));
        // INVARIANT (S-09): a window only ever grows.
        // GUARD: S-09
        if (until <= held.challengeUntil) return;
        // SAFETY: modules name times, which 40 bits hold for 30,000 years.
        held.challengeUntil = uint40(until);
        emit WindowExtended(commitId, until);
        _onExtended(commitId, held);
    }

    /// @inheritdoc ICommitments
    function slash(bytes32 commitId, address reporter) external onlyModule returns (bool slashed) {
        Commitment storage held = _commitments[commitId];
        // INVARIANT (I-24): a commitment ends once.
        // GUARD: I-24.slash
        require(held.status == CommitmentStatus.Open, NotDisputable(commitId));
        // INVARIANT (S-05): nobody is slashed over a program that was proven malformed.
        // GUARD: S-05
        if (_isRetired(held.terms.programId)) {
            _refund(commitId, held);
            return false;
        }
        held.status = CommitmentStatus.Slashed;
        held.slashedAt = uint40(block.timestamp);
        // INVARIANT (S-13, I-30): the earliest challenger that has not lost is the reporter, whoever proves first. The game
        // has told who that is; any other module has not.
        // GUARD: S-13
        if (msg.sender != address(_game)) {
            address earliest = _game.slashedElsewhere(commitId);
            if (earliest != address(0)) reporter = earliest;
        }
        held.reporter = reporter;
        // INVARIANT (I-10): what was locked is still there; should it ever not be, the rest is slashed all the same.
        uint96 amount = VAULT.slashToEscrow(held.terms.worker, held.lock);
        held.lock = amount;
        emit CommitmentSlashed(held.terms.subject, commitId, held.terms.worker, amount, reporter);
        _onSlashed(commitId, held);
        return true;
    }

    // ANYONE

    /// @inheritdoc ICommitments
    function settle(bytes32 commitId) external {
        Commitment storage held = _commitments[commitId];
        _requireCommitment(commitId, held, CommitmentStatus.Slashed);
        // INVARIANT (I-30): a slash pays out once.
        // GUARD: I-30
        require(!held.settled, AlreadySettled(commitId));
        (uint64 airgapUntil, uint64 gasPrice) = _airgapOf(held);
        // INVARIANT (S-15, I-50): nothing is paid while the guardian may still flip.
        // GUARD: S-15.early
        require(block.timestamp > airgapUntil, AirgapRunning(commitId, airgapUntil));

        // INVARIANT (I-04, I-05): the shares sum to the lock, and at least half of it burns.
        SplitLib.Slash memory split = SplitLib.slash(held.lock, held.fee);
        if (AUDIT_POOL == address(0)) (split.audit, split.burned) = (0, split.burned + split.audit);
        held.settled = true;
        emit SlashSettled(
            commitId,
            split.reporter,
            split.gasPot,
            split.compensation,
            split.audit,
            split.burned
        );
        _credit(held.reporter, split.reporter);
        _credit(held.beneficiary, split.compensation);
        _credit(AUDIT_POOL, split.audit);
        _burn(split.burned);
        _move(VAULT.moveEscrow, address(_game), split.gasPot);
        _game.fundGas(commitId, split.gasPot, gasPrice);
    }

    // GUARDIAN

    /// @inheritdoc ICommitments
    function flipToRefund(bytes32 commitId) external {
        _requireGuardian();
        Commitment storage held = _commitments[commitId];
        _requireCommitment(commitId, held, CommitmentStatus.Slashed);
        (uint64 airgapUntil, ) = _airgapOf(held);
        // INVARIANT (I-50, S-15): only inside the airgap, so nothing that was paid out is ever taken back.
        // GUARD: S-15
        require(block.timestamp <= airgapUntil, AirgapOver(commitId, airgapUntil));

        (address worker, uint96 lock) = (held.terms.worker, held.lock);
        held.status = CommitmentStatus.Refunded;
        emit FlippedToRefund(commitId, worker, lock);
        _move(VAULT.restoreFromEscrow, worker, lock);
        _game.voidDisputes(commitId);
        _onFlipped(commitId, held);
    }

    // VIEWS

    /// @inheritdoc ICommitments
    function getCommitment(bytes32 commitId) external view returns (Commitment memory) {
        return _commitments[commitId];
    }

    /// @inheritdoc ICommitments
    function termsOf(bytes32 commitId) external view returns (address worker, uint16 version) {
        Terms storage terms = _commitments[commitId].terms;
        return (terms.worker, terms.version);
    }

    /// @inheritdoc ICommitments
    function outputRootOf(bytes32 commitId) external view returns (bytes32) {
        return _commitments[commitId].terms.outputRoot;
    }

    /// @inheritdoc ICommitments
    function claimOf(bytes32 commitId) external view returns (Claim memory) {
        Terms storage terms = _commitments[commitId].terms;
        return REGISTRY.claimOf(terms.programId, terms.inputRoot, terms.passes);
    }

    // WHAT A SOURCE ADDS

    /// @dev The commitment that an opening proves and that may be held now, for `by`; reverts where there is none. Fills
    /// `terms`, `beneficiary`, `fee`, `lock`, `challengeUntil` and `inputPosted`; may write the source's own books.
    function _recognise(bytes calldata opening, address by) internal virtual returns (Commitment memory);

    /// @dev After the slash is booked; `held.lock` is what was slashed and lies in this module's escrow. Must not revert.
    function _onSlashed(bytes32 commitId, Commitment storage held) internal virtual;

    /// @dev After a refund is booked: gives back the lock, which is still locked. Must not revert.
    function _onRefunded(bytes32 commitId, Commitment storage held) internal virtual;

    /// @dev After a slash became a refund; the lock lies in the worker's free stake again.
    function _onFlipped(bytes32 commitId, Commitment storage held) internal virtual;

    /// @dev After the window was extended to `held.challengeUntil`.
    function _onExtended(bytes32 commitId, Commitment storage held) internal virtual;

    // INTERNAL

    function _record(bytes32 commitId, bytes calldata opening, address by) internal {
        Commitment memory found = _recognise(opening, by);
        // INVARIANT (S-07): what is held is what the opening proves.
        // GUARD: S-07
        require(IdLib.commitId(address(this), found.terms) == commitId, NotDisputable(commitId));
        found.status = CommitmentStatus.Open;
        _commitments[commitId] = found;
        emit CommitmentRecorded(
            commitId,
            found.terms.subject,
            found.terms.worker,
            found.lock,
            found.challengeUntil
        );
    }

    /// @dev Holds the end of a recorded commitment's window to the rules; the source pays and unlocks.
    function _finalizeRecorded(bytes32 commitId) internal {
        Commitment storage held = _commitments[commitId];
        _requireCommitment(commitId, held, CommitmentStatus.Open);
        // INVARIANT (I-29, S-09): nothing is final while a dispute or an input request is open, or before its window's end.
        // GUARD: I-29
        require(held.holds == 0, CommitmentHeld(commitId, held.holds));
        require(block.timestamp > held.challengeUntil, WindowOpen(commitId, held.challengeUntil));
        held.status = CommitmentStatus.Finalized;
    }

    /// @dev Ends a recorded, open commitment without blame.
    function _refund(bytes32 commitId, Commitment storage held) internal {
        held.status = CommitmentStatus.Refunded;
        _game.voidDisputes(commitId);
        _onRefunded(commitId, held);
    }

    function _requireModule() internal view {
        // INVARIANT (I-50): nothing but the rules of the modules slashes or holds up a commitment.
        // GUARD: I-50
        require(_isModule[msg.sender], NotModuleOfSource(msg.sender));
    }

    function _requireGuardian() internal view {
        // INVARIANT (I-50): where the deployment chose no guardian, this is nobody's: no caller has address zero.
        // GUARD: I-50.guardian
        require(msg.sender == GUARDIAN, NotGuardian(msg.sender));
    }

    function _airgapOf(Commitment storage held) internal view returns (uint64 airgapUntil, uint64 gasPrice) {
        uint32 airgapSeconds;
        (airgapSeconds, gasPrice) = PARAMETERS.settleTerms(held.terms.version);
        airgapUntil = uint64(held.slashedAt) + airgapSeconds;
    }

    /// @dev Lets the vault move money; its calls of this form are made here, so that the code of a call is there once.
    function _move(function(address, uint96) external by, address owner, uint96 amount) internal {
        by(owner, amount);
    }

    /// @dev Credits out of this module's escrow.
    function _credit(address owner, uint96 amount) internal {
        _move(VAULT.creditFromEscrow, owner, amount);
    }

    /// @dev Burns out of this module's escrow.
    function _burn(uint96 amount) internal {
        VAULT.burnFromEscrow(amount);
    }

    /// @dev A program that was active once and is not any more. One that nobody knows counts as retired too: nothing can be
    /// judged over it.
    function _isRetired(bytes32 programId) internal view returns (bool) {
        return !REGISTRY.isActive(programId);
    }

    function _requireCommitment(
        bytes32 commitId,
        Commitment storage held,
        CommitmentStatus required
    ) internal view {
        CommitmentStatus status = held.status;
        require(status == required, WrongCommitmentStatus(commitId, status, required));
    }
}
