// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IParameters} from "./interfaces/IParameters.sol";
import {MoveGasLib} from "./libraries/MoveGasLib.sol";
import {SplitLib} from "./libraries/SplitLib.sol";
import {Tier} from "./types/Tier.sol";

/// @title Parameter versions, frozen into every request that names them.
/// @dev Nobody can add or change a version after construction. Floors on time hold on every chain but the local one;
/// bounds on money and the time formula hold everywhere.
contract Parameters is IParameters {
    uint256 internal constant LOCAL_CHAIN = 31_337;

    uint256 internal constant MIN_CLAIM = 1 minutes;
    uint256 internal constant MIN_DELIVERY = 1 minutes;
    uint256 internal constant MIN_WINDOW = 30 minutes;
    uint256 internal constant MIN_CLOCK = 6 hours;
    uint256 internal constant MIN_FLOOR = 10 minutes;
    uint256 internal constant MIN_AIRGAP = 1 hours;
    uint256 internal constant MIN_INPUT = 10 minutes;
    uint256 internal constant MIN_UNBONDING = 7 days;

    uint256 internal constant MAX_PATH = 16; // choices that a position can hold
    uint256 internal constant MAX_DELIVERY_PENALTY_BPS = 1_000;
    uint256 internal constant MARGIN_DIVISOR = 10; // margin = a tenth of what the formula sums

    uint32 internal immutable UNBONDING_SECONDS;

    mapping(uint16 version => Tier) internal _tiers;
    uint16 internal _versions;

    constructor(Tier[] memory tiers, uint32 unbondingSeconds_) {
        UNBONDING_SECONDS = unbondingSeconds_;
        for (uint256 i = 0; i < tiers.length; ++i) {
            Tier memory added = tiers[i];
            // INVARIANT (S-15): seconds-long clocks exist only on a local chain.
            // GUARD: S-15
            _checkTimes(added, unbondingSeconds_);
            _checkDepths(added);
            _checkMoney(added);
            _checkUnbonding(added, unbondingSeconds_);
            // SAFETY: a constructor cannot carry 2^16 tiers.
            uint16 version = uint16(i + 1);
            _tiers[version] = added;
            emit VersionAdded(version, added.name, added);
        }
        _versions = uint16(tiers.length);
    }

    /// @inheritdoc IParameters
    function tier(uint16 version) external view returns (Tier memory) {
        return _tier(version);
    }

    /// @inheritdoc IParameters
    function versions() external view returns (uint16) {
        return _versions;
    }

    /// @inheritdoc IParameters
    function unbondingSeconds() external view returns (uint32) {
        return UNBONDING_SECONDS;
    }

    /// @inheritdoc IParameters
    function disputeSeconds(uint16 version) external view returns (uint256) {
        return _disputeSeconds(_tier(version));
    }

    // INTERNAL

    function _tier(uint16 version) internal view returns (Tier memory) {
        require(version != 0 && version <= _versions, UnknownVersion(version, _versions));
        return _tiers[version];
    }

    /// @dev T_dispute = C_w + C_c + (D_w + D_c) * E with D_w = g + h + 2 worker moves and D_c = g + h + 1 answers to them:
    /// a clock is raised to the floor at most once per move.
    function _disputeSeconds(Tier memory t) internal pure returns (uint256) {
        uint256 depth = uint256(t.maxTraceDepth) + t.maxTensorDepth;
        uint256 moves = (depth + 2) + (depth + 1);
        return uint256(t.workerSeconds) + t.challengerSeconds + moves * t.floorSeconds;
    }

    function _checkTimes(Tier memory t, uint32 unbonding) internal view {
        if (block.chainid == LOCAL_CHAIN) return;
        _atLeast(t.name, "claimSeconds", t.claimSeconds, MIN_CLAIM);
        _atLeast(t.name, "deliverySeconds", t.deliverySeconds, MIN_DELIVERY);
        _atLeast(t.name, "windowSeconds", t.windowSeconds, MIN_WINDOW);
        _atLeast(t.name, "workerSeconds", t.workerSeconds, MIN_CLOCK);
        _atLeast(t.name, "challengerSeconds", t.challengerSeconds, MIN_CLOCK);
        _atLeast(t.name, "floorSeconds", t.floorSeconds, MIN_FLOOR);
        _atLeast(t.name, "airgapSeconds", t.airgapSeconds, MIN_AIRGAP);
        _atLeast(t.name, "inputSeconds", t.inputSeconds, MIN_INPUT);
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
        // INVARIANT (S-13): the gas pot of the least lock pays for every move of one challenger, and a lock covers a bond.
        _atLeast(
            t.name,
            "minLock",
            t.minLock,
            _ceil(MoveGasLib.challenger(depth) * t.gasPrice * SplitLib.BPS, SplitLib.GAS_POT_BPS)
        );
        _atLeast(t.name, "minLock", t.minLock, t.challengeBond);
    }

    function _checkUnbonding(Tier memory t, uint32 unbonding) internal pure {
        uint256 open = uint256(t.deliverySeconds) + t.windowSeconds + t.inputSeconds;
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
