// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Parameters} from "../../contracts/Parameters.sol";
import {IParameters} from "../../contracts/interfaces/IParameters.sol";
import {MoveGasLib} from "../../contracts/libraries/MoveGasLib.sol";
import {Tier} from "../../contracts/types/Tier.sol";
import {Tiers} from "./support/Tiers.sol";
import {vm} from "./support/Vm.sol";

/// @notice What versions are held to, whoever adds them. How one is added later is in ParametersChange.t.sol.
contract ParametersTest is Tiers {
    function setUp() public override {}

    function refused(Tier memory t, bytes32 parameter, uint256 given, uint256 bound) internal {
        expectRefusal(
            t,
            abi.encodeWithSelector(IParameters.ParameterOutOfBounds.selector, t.name, parameter, given, bound)
        );
    }

    function expectRefusal(Tier memory t, bytes memory expected) internal {
        try this.make(t, TWO_WEEKS) {
            fail("accepted");
        } catch (bytes memory reason) {
            require(keccak256(reason) == keccak256(expected), "another error");
        }
    }

    // Versions

    function test_tier_versionsFromOne_succeeds() public {
        Tier[] memory tiers = new Tier[](2);
        (tiers[0], tiers[1]) = (tier(), live());
        parameters = new Parameters(tiers, TWO_WEEKS, address(0));
        equal(parameters.versions(), 2, "versions");
        equal(parameters.unbondingSeconds(), TWO_WEEKS, "unbonding");
        require(keccak256(abi.encode(parameters.tier(1))) == keccak256(abi.encode(tiers[0])), "first");
        require(keccak256(abi.encode(parameters.tier(2))) == keccak256(abi.encode(tiers[1])), "second");
    }

    function test_tier_unknownVersion_reverts() public {
        parameters = make(tier(), UNBONDING);
        vm.expectRevert(abi.encodeWithSelector(IParameters.UnknownVersion.selector, 0, 1));
        parameters.tier(0);
        vm.expectRevert(abi.encodeWithSelector(IParameters.UnknownVersion.selector, 2, 1));
        parameters.tier(2);
        vm.expectRevert(abi.encodeWithSelector(IParameters.UnknownVersion.selector, 2, 1));
        parameters.disputeSeconds(2);
        vm.expectRevert(abi.encodeWithSelector(IParameters.UnknownVersion.selector, 2, 1));
        parameters.requestTerms(2);
        vm.expectRevert(abi.encodeWithSelector(IParameters.UnknownVersion.selector, 2, 1));
        parameters.workTerms(2);
        vm.expectRevert(abi.encodeWithSelector(IParameters.UnknownVersion.selector, 2, 1));
        parameters.challengeTerms(2);
        vm.expectRevert(abi.encodeWithSelector(IParameters.UnknownVersion.selector, 2, 1));
        parameters.settleTerms(2);
        vm.expectRevert(abi.encodeWithSelector(IParameters.UnknownVersion.selector, 2, 1));
        parameters.inputTerms(2);
        vm.expectRevert(abi.encodeWithSelector(IParameters.UnknownVersion.selector, 2, 1));
        parameters.deliveryPenaltyBps(2);
    }

    function test_terms_areTheTiers() public {
        parameters = make(tier(), UNBONDING);
        (uint96 minFee, uint32 claim, uint8 traceDepth, uint8 tensorDepth) = parameters.requestTerms(1);
        require(minFee == 1e15 && claim == 50 && traceDepth == 4 && tensorDepth == 5, "request");
        (uint96 minLock, uint16 perFee, uint32 delivery, uint32 window) = parameters.workTerms(1);
        require(minLock == 100e18 && perFee == 20 && delivery == 60 && window == 60, "work");
        (uint96 bond, uint32 worker, uint32 challenger, uint32 floor) = parameters.challengeTerms(1);
        require(bond == 10e18 && worker == 60 && challenger == 60 && floor == 10, "challenge");
        (uint32 airgap, uint64 gasPrice) = parameters.settleTerms(1);
        require(airgap == 30 && gasPrice == 1e12, "settlement");
        (uint32 input, uint32 recheck) = parameters.inputTerms(1);
        require(input == 30 && recheck == 20, "input");
        equal(parameters.deliveryPenaltyBps(1), 100, "penalty");
    }

    function test_publisherBond_largestOfAll_S05() public {
        Tier[] memory tiers = new Tier[](3);
        (tiers[0], tiers[1], tiers[2]) = (tier(), tier(), tier());
        tiers[1].publisherBond = 60e18;
        equal(new Parameters(tiers, UNBONDING, address(0)).publisherBond(), 60e18, "bond");
    }

    // Floors

    function test_constructor_secondsOnAnotherChain_reverts_S15() public {
        make(tier(), UNBONDING); // fine on 31337
        vm.chainId(1);
        refused(tier(), "claimSeconds", 50, 60);
        make(live(), TWO_WEEKS); // fine everywhere
    }

    function test_constructor_noTimeForInputs_revertsEverywhere_S09() public {
        Tier memory t = tier();
        t.inputSeconds = 0;
        refused(t, "inputSeconds", 0, 1);
        t = tier();
        t.recheckSeconds = 0;
        refused(t, "recheckSeconds", 0, 1);
    }

    function test_constructor_receiptsShownTooLate_revertsEverywhere_S12() public {
        Tier memory t = tier();
        t.receiptSeconds = 99; // 2 * (30 + 20) = 100
        refused(t, "receiptSeconds", 99, 100);
        t = live();
        t.inputSeconds = 1 days;
        refused(t, "receiptSeconds", 40 minutes, 2 days + 20 minutes);
    }

    function test_constructor_everyTimeFloor_reverts_S15() public {
        vm.chainId(1);
        Tier memory t = live();
        t.deliverySeconds -= 1;
        refused(t, "deliverySeconds", 59, 60);
        t = live();
        t.windowSeconds -= 1;
        refused(t, "windowSeconds", 1799, 1800);
        t = live();
        t.workerSeconds -= 1;
        refused(t, "workerSeconds", 21_599, 21_600);
        t = live();
        t.challengerSeconds -= 1;
        refused(t, "challengerSeconds", 21_599, 21_600);
        t = live();
        t.floorSeconds -= 1;
        refused(t, "floorSeconds", 599, 600);
        t = live();
        t.airgapSeconds -= 1;
        refused(t, "airgapSeconds", 3599, 3600);
        t = live();
        t.inputSeconds -= 1;
        refused(t, "inputSeconds", 599, 600);
        t = live();
        t.recheckSeconds -= 1;
        refused(t, "recheckSeconds", 599, 600);
    }

    function test_constructor_shortUnbondingOnAnotherChain_reverts_S15() public {
        vm.chainId(1);
        bytes memory expected = abi.encodeWithSelector(
            IParameters.ParameterOutOfBounds.selector,
            bytes32("test"),
            bytes32("unbondingSeconds"),
            7 days - 1,
            7 days
        );
        try this.make(live(), 7 days - 1) {
            fail("accepted");
        } catch (bytes memory reason) {
            require(keccak256(reason) == keccak256(expected), "another error");
        }
        make(live(), 7 days);
    }

    // Depths and money, on every chain

    function test_constructor_depths_reverts() public {
        Tier memory t = live();
        t.maxTraceDepth = 0;
        refused(t, "maxTraceDepth", 0, 1);
        t.maxTraceDepth = 17;
        refused(t, "maxTraceDepth", 17, 16);
        t.maxTraceDepth = 9;
        t.maxTensorDepth = 8;
        refused(t, "maxTensorDepth", 8, 7);
    }

    function test_constructor_money_reverts() public {
        Tier memory t = live();
        t.minFee = 0;
        refused(t, "minFee", 0, 1);
        t = live();
        t.lockPerFee = 0;
        refused(t, "lockPerFee", 0, 1);
        t = live();
        t.publisherBond = 0;
        refused(t, "publisherBond", 0, 1);
        t = live();
        t.gasPrice = 0;
        refused(t, "gasPrice", 0, 1);
        t = live();
        t.deliveryPenaltyBps = 1001;
        refused(t, "deliveryPenaltyBps", 1001, 1000);
        t = live();
        t.minLock = t.challengeBond - 1;
        t.gasPrice = 1;
        refused(t, "minLock", t.minLock, t.challengeBond);
    }

    function test_constructor_bondBelowReplies_reverts_S10() public {
        Tier memory t = live();
        uint256 replies = MoveGasLib.worker(9) * t.gasPrice;
        uint256 least = (replies * 10 + 5) / 6;
        t.challengeBond = uint96(least - 1);
        refused(t, "challengeBond", least - 1, least);
        t.challengeBond = uint96(least);
        make(t, TWO_WEEKS);
        require((least * 6) / 10 >= replies, "the worker's part pays for its replies");
    }

    function test_constructor_lockBelowGasPot_reverts_S13() public {
        Tier memory t = live();
        t.challengeBond = 2e18;
        uint256 moves = 2 * MoveGasLib.challenger(9) * t.gasPrice;
        uint256 least = (moves * 100 + 14) / 15;
        t.minLock = uint96(least - 1);
        refused(t, "minLock", least - 1, least);
        t.minLock = uint96(least);
        make(t, TWO_WEEKS);
        require((least * 15) / 100 >= moves, "the pot pays for the moves");
    }

    // Time formula

    function test_disputeSeconds_formula_succeeds_S14() public {
        parameters = make(tier(), UNBONDING);
        // C_w + C_c + (D_w + D_c) * E with D_w = g + h + 2 and D_c = g + h + 1 at g = 4, h = 5.
        equal(parameters.disputeSeconds(1), 60 + 60 + (11 + 10) * 10, "dispute");
    }

    /// @param times deliverySeconds, receiptSeconds, windowSeconds, inputSeconds, recheckSeconds, workerSeconds,
    /// challengerSeconds, airgapSeconds.
    function testFuzz_constructor_unbondingBelowFormula_reverts_S14_I53(
        uint24[8] memory times,
        uint16 floorSeconds,
        uint8 traceDepth,
        uint8 tensorDepth
    ) public {
        Tier memory t = tier();
        (t.deliverySeconds, t.windowSeconds) = (times[0], times[2]);
        (times[3], times[4]) = (times[3] | 1, times[4] | 1);
        (t.inputSeconds, t.recheckSeconds) = (times[3], times[4]);
        uint256 receiptSeconds = 2 * (uint256(times[3]) + times[4]) + times[1];
        t.receiptSeconds = uint32(receiptSeconds);
        (t.workerSeconds, t.challengerSeconds, t.airgapSeconds) = (times[5], times[6], times[7]);
        t.floorSeconds = floorSeconds;
        t.maxTraceDepth = 1 + (traceDepth % 4);
        t.maxTensorDepth = tensorDepth % 6;
        // U = max(SLA + W, W_r + W) + T_in + T_dispute + A + margin
        uint256 span = times[0] > receiptSeconds ? times[0] : receiptSeconds;
        for (uint256 i = 2; i < 8; ++i) span += times[i];
        span += (2 * uint256(t.maxTraceDepth + t.maxTensorDepth) + 3) * floorSeconds;
        uint256 required = span + (span + 9) / 10;
        make(t, uint32(required));
        vm.expectRevert(
            abi.encodeWithSelector(IParameters.UnbondingTooShort.selector, t.name, required - 1, required)
        );
        make(t, uint32(required - 1));
    }
}
