// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IParameters} from "./interfaces/IParameters.sol";
import {MoveGasLib} from "./libraries/MoveGasLib.sol";
import {SplitLib} from "./libraries/SplitLib.sol";
import {Tier} from "./types/Tier.sol";

/// @title Parameter versions, frozen into every request and receipt that names them.
/// @dev Floors on time hold on every chain but the local one; bounds on money and the time formula hold everywhere. Shares of
/// a slash are no parameters.
contract Parameters is IParameters {
    uint256 internal constant LOCAL_CHAIN = 31_337;

    uint256 internal constant MIN_CLAIM = 1 minutes;
    uint256 internal constant MIN_DELIVERY = 1 minutes;
    uint256 internal constant MIN_WINDOW = 30 minutes;
    uint256 internal constant MIN_CLOCK = 6 hours;
    uint256 internal constant MIN_FLOOR = 10 minutes;
    uint256 internal constant MIN_AIRGAP = 1 hours;
    uint256 internal constant MIN_INPUT = 10 minutes;
    uint256 internal constant MIN_RECHECK = 10 minutes;
    uint256 internal constant MIN_UNBONDING = 7 days;

    uint256 internal constant MAX_PATH = 16; // choices that a position can hold
    uint256 internal constant MAX_DELIVERY_PENALTY_BPS = 1_000;
    uint256 internal constant MARGIN_DIVISOR = 10; // margin = a tenth of what the formula sums
    uint64 internal constant CHANGE_DIVISOR = 4; // a change takes a quarter longer than the way out

    uint32 internal immutable UNBONDING_SECONDS;
    uint64 internal immutable CHANGE_SECONDS;
    address internal immutable GOVERNOR;

    mapping(uint16 version => Tier) internal _tiers;
    Tier internal _proposed;
    uint16 internal _versions;
    uint96 internal _publisherBond;
    uint64 internal _activeFrom; // of the proposal; zero while there is none

    modifier onlyGovernor() {
        // INVARIANT (I-50): nobody but the governor adds versions, and it can do nothing else.
        // GUARD: I-50
        require(msg.sender == GOVERNOR, NotGovernor(msg.sender));
        _;
    }

    constructor(Tier[] memory tiers, uint32 unbondingSeconds_, address governor_) {
        UNBONDING_SECONDS = unbondingSeconds_;
        CHANGE_SECONDS = uint64(unbondingSeconds_) + unbondingSeconds_ / CHANGE_DIVISOR + 1;
        GOVERNOR = governor_;
        for (uint256 i = 0; i < tiers.length; ++i) {
            _check(tiers[i], unbondingSeconds_);
            _add(tiers[i]);
        }
    }

    // CHANGE

    /// @inheritdoc IParameters
    function propose(Tier calldata added) external onlyGovernor returns (uint16 version) {
        version = _versions + 1;
        require(_activeFrom == 0, ProposalWaiting(version));
        _check(added, UNBONDING_SECONDS);
        // INVARIANT (I-52): whoever dislikes a version has left before it exists.
        // GUARD: I-52
        uint64 activeFrom = uint64(block.timestamp) + CHANGE_SECONDS;
        _proposed = added;
        _activeFrom = activeFrom;
        emit VersionProposed(version, added.name, activeFrom, added);
    }

    /// @inheritdoc IParameters
    function cancelProposal() external onlyGovernor {
        uint16 version = _versions + 1;
        require(_activeFrom != 0, NothingProposed(version));
        _activeFrom = 0;
        emit ProposalCancelled(version);
    }

    /// @inheritdoc IParameters
    function activate(uint16 version) external {
        uint64 activeFrom = _activeFrom;
        require(activeFrom != 0 && version == uint256(_versions) + 1, NothingProposed(version));
        require(block.timestamp >= activeFrom, ProposalNotDue(activeFrom));
        _activeFrom = 0;
        // INVARIANT (I-13, I-15): versions are added and never changed, so nothing that lives under one is touched.
        _add(_proposed);
    }

    // VIEWS

    /// @inheritdoc IParameters
    function tier(uint16 version) external view returns (Tier memory) {
        return _tier(version);
    }

    /// @inheritdoc IParameters
    function requestTerms(uint16 version) external view returns (uint96, uint32, uint8, uint8) {
        Tier storage t = _tier(version);
        return (t.minFee, t.claimSeconds, t.maxTraceDepth, t.maxTensorDepth);
    }

    /// @inheritdoc IParameters
    function workTerms(uint16 version) external view returns (uint96, uint16, uint32, uint32) {
        Tier storage t = _tier(version);
        return (t.minLock, t.lockPerFee, t.deliverySeconds, t.windowSeconds);
    }

    /// @inheritdoc IParameters
    function challengeTerms(uint16 version) external view returns (uint96, uint32, uint32, uint32) {
        Tier storage t = _tier(version);
        return (t.challengeBond, t.workerSeconds, t.challengerSeconds, t.floorSeconds);
    }

    /// @inheritdoc IParameters
    function settleTerms(uint16 version) external view returns (uint32, uint64) {
        Tier storage t = _tier(version);
        return (t.airgapSeconds, t.gasPrice);
    }

    /// @inheritdoc IParameters
    function inputTerms(uint16 version) external view returns (uint32, uint32) {
        Tier storage t = _tier(version);
        return (t.inputSeconds, t.recheckSeconds);
    }

    /// @inheritdoc IParameters
    function deliveryPenaltyBps(uint16 version) external view returns (uint16) {
        return _tier(version).deliveryPenaltyBps;
    }

    /// @inheritdoc IParameters
    function versions() external view returns (uint16) {
        return _versions;
    }

    /// @inheritdoc IParameters
    function publisherBond() external view returns (uint96) {
        return _publisherBond;
    }

    /// @inheritdoc IParameters
    function unbondingSeconds() external view returns (uint32) {
        return UNBONDING_SECONDS;
    }

    /// @inheritdoc IParameters
    function changeSeconds() external view returns (uint64) {
        return CHANGE_SECONDS;
    }

    /// @inheritdoc IParameters
    function governor() external view returns (address) {
        return GOVERNOR;
    }

    /// @inheritdoc IParameters
    function proposal() external view returns (uint16 version, uint64 activeFrom, Tier memory proposed) {
        activeFrom = _activeFrom;
        if (activeFrom != 0) (version, proposed) = (_versions + 1, _proposed);
    }

    /// @inheritdoc IParameters
    function disputeSeconds(uint16 version) external view returns (uint256) {
        return _disputeSeconds(_tier(version));
    }

    // INTERNAL

    /// @dev A lock of zero is out of bounds, so it says that there is no such version without a read of its own.
    function _tier(uint16 version) internal view returns (Tier storage found) {
        found = _tiers[version];
        // Not a `require`: what its error says would be read every time.
        if (found.minLock == 0) revert UnknownVersion(version, _versions);
    }

    function _add(Tier memory added) internal {
        uint16 version = _versions + 1;
        _versions = version;
        _tiers[version] = added;
        if (added.publisherBond > _publisherBond) _publisherBond = added.publisherBond;
        emit VersionAdded(version, added.name, added);
    }

    function _check(Tier memory added, uint32 unbonding) internal view {
        // INVARIANT (S-15): seconds-long clocks exist only on a local chain.
        // GUARD: S-15
        _checkTimes(added, unbonding);
        _checkDepths(added);
        _checkMoney(added);
        _checkUnbonding(added, unbonding);
    }

    /// @dev T_dispute = C_w + C_c + (D_w + D_c) * E with D_w = g + h + 2 worker moves and D_c = g + h + 1 answers to them:
    /// a clock is raised to the floor at most once per move.
    function _disputeSeconds(Tier memory t) internal pure returns (uint256) {
        uint256 depth = uint256(t.maxTraceDepth) + t.maxTensorDepth;
        uint256 moves = (depth + 2) + (depth + 1);
        return uint256(t.workerSeconds) + t.challengerSeconds + moves * t.floorSeconds;
    }

    function _checkTimes(Tier memory t, uint32 unbonding) internal view {
        // Without them an answer of a moment before is out of time on every chain.
        _atLeast(t.name, "inputSeconds", t.inputSeconds, 1);
        _atLeast(t.name, "recheckSeconds", t.recheckSeconds, 1);
        // INVARIANT (S-12): a receipt that the worker must show can still be disputed then. Half of its time passes until its
        // epoch has a root; the demand and the check after it have the other half.
        // GUARD: S-12
        _atLeast(
            t.name,
            "receiptSeconds",
            t.receiptSeconds,
            2 * (uint256(t.inputSeconds) + t.recheckSeconds)
        );
        if (block.chainid == LOCAL_CHAIN) return;
        _atLeast(t.name, "claimSeconds", t.claimSeconds, MIN_CLAIM);
        _atLeast(t.name, "deliverySeconds", t.deliverySeconds, MIN_DELIVERY);
        _atLeast(t.name, "windowSeconds", t.windowSeconds, MIN_WINDOW);
        _atLeast(t.name, "workerSeconds", t.workerSeconds, MIN_CLOCK);
        _atLeast(t.name, "challengerSeconds", t.challengerSeconds, MIN_CLOCK);
        _atLeast(t.name, "floorSeconds", t.floorSeconds, MIN_FLOOR);
        _atLeast(t.name, "airgapSeconds", t.airgapSeconds, MIN_AIRGAP);
        _atLeast(t.name, "inputSeconds", t.inputSeconds, MIN_INPUT);
        _atLeast(t.name, "recheckSeconds", t.recheckSeconds, MIN_RECHECK);
        _atLeast(t.name, "unbondingSeconds", unbonding, MIN_UNBONDING);
    }

    function _checkDepths(Tier memory t) internal pure {
        _atLeast(t.name, "maxTraceDepth", t.maxTraceDepth, 1);
        _atMost(t.name, "maxTraceDepth", t.maxTraceDepth, MAX_PATH);
        _atMost(t.name, "maxTensorDepth", t.maxTensorDepth, MAX_PATH - t.maxTraceDepth);
    }

    function _checkMoney(Tier memory t) internal pure {
        uint256 depth = uint256(t.maxTraceDepth) + t.maxTensorDepth;
        _atLeast(t.name, "minFee", t.minFee, 1);
        _atLeast(t.name, "lockPerFee", t.lockPerFee, 1);
        _atLeast(t.name, "publisherBond", t.publisherBond, 1);
        _atLeast(t.name, "gasPrice", t.gasPrice, 1);
        _atMost(t.name, "deliveryPenaltyBps", t.deliveryPenaltyBps, MAX_DELIVERY_PENALTY_BPS);
        // INVARIANT (S-10, S-13): the worker's part of a lost bond pays for every reply that the dispute can cost it.
        // GUARD: S-10
        _atLeast(
            t.name,
            "challengeBond",
            t.challengeBond,
            _ceil(MoveGasLib.worker(depth) * t.gasPrice * SplitLib.BPS, SplitLib.WORKER_BOND_BPS)
        );
        // INVARIANT (S-13): the gas pot of the least lock pays for every move of the challenger that wins and of one more,
        // and a lock covers a bond.
        // GUARD: S-13
        _atLeast(
            t.name,
            "minLock",
            t.minLock,
            _ceil(2 * MoveGasLib.challenger(depth) * t.gasPrice * SplitLib.BPS, SplitLib.GAS_POT_BPS)
        );
        _atLeast(t.name, "minLock", t.minLock, t.challengeBond);
    }

    function _checkUnbonding(Tier memory t, uint32 unbonding) internal pure {
        // Published work and receipts both are open for a window at last; what comes before it differs.
        uint256 before = t.deliverySeconds > t.receiptSeconds ? t.deliverySeconds : t.receiptSeconds;
        uint256 open = before + t.windowSeconds + t.inputSeconds + t.recheckSeconds;
        uint256 span = open + _disputeSeconds(t) + t.airgapSeconds;
        uint256 required = span + _ceil(span, MARGIN_DIVISOR);
        // INVARIANT (S-14, I-53): whoever was backed by a bond or stake when work began is still backed when it ends.
        // GUARD: S-14
        require(unbonding >= required, UnbondingTooShort(t.name, unbonding, required));
    }

    function _ceil(uint256 dividend, uint256 divisor) internal pure returns (uint256) {
        return (dividend + divisor - 1) / divisor;
    }

    function _atLeast(bytes32 name, bytes32 parameter, uint256 given, uint256 bound) internal pure {
        require(given >= bound, ParameterOutOfBounds(name, parameter, given, bound));
    }

    function _atMost(bytes32 name, bytes32 parameter, uint256 given, uint256 bound) internal pure {
        require(given <= bound, ParameterOutOfBounds(name, parameter, given, bound));
    }
}
