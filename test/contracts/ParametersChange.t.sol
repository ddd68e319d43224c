// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Parameters} from "../../contracts/Parameters.sol";
import {IParameters} from "../../contracts/interfaces/IParameters.sol";
import {Tier} from "../../contracts/types/Tier.sol";
import {Tiers} from "./support/Tiers.sol";
import {vm} from "./support/Vm.sol";

/// @notice How a version is added after deployment: proposed by the governor, held to every rule, slower than the way out.
contract ParametersChangeTest is Tiers {
    uint64 internal constant CHANGE = TWO_WEEKS + TWO_WEEKS / 4 + 1;

    function governor() internal pure override returns (address) {
        return GOVERNOR;
    }

    function setUp() public override {
        vm.warp(START);
        parameters = make(tier(), TWO_WEEKS);
    }

    function propose(Tier memory added) internal returns (uint16) {
        vm.prank(GOVERNOR);
        return parameters.propose(added);
    }

    function proposeRefused(Tier memory added, bytes memory expected) internal {
        refuse(GOVERNOR, address(parameters), abi.encodeCall(parameters.propose, (added)), expected);
    }

    function outOfBounds(
        bytes32 parameter,
        uint256 given,
        uint256 bound
    ) internal pure returns (bytes memory) {
        bytes4 selector = IParameters.ParameterOutOfBounds.selector;
        return abi.encodeWithSelector(selector, bytes32("test"), parameter, given, bound);
    }

    function test_propose_thenActivate_addsAVersion() public {
        Tier memory added = live();
        added.publisherBond = 70e18;
        equal(propose(added), 2, "number");
        (uint16 version, uint64 activeFrom, Tier memory proposed) = parameters.proposal();
        require(version == 2 && activeFrom == START + CHANGE, "waits");
        require(keccak256(abi.encode(proposed)) == keccak256(abi.encode(added)), "as proposed");
        equal(parameters.versions(), 1, "not yet");
        vm.expectRevert(abi.encodeWithSelector(IParameters.UnknownVersion.selector, 2, 1));
        parameters.tier(2);

        vm.warp(START + CHANGE);
        vm.prank(STRANGER);
        parameters.activate(2);
        equal(parameters.versions(), 2, "versions");
        equal(parameters.publisherBond(), 70e18, "publisher's bond");
        require(keccak256(abi.encode(parameters.tier(2))) == keccak256(abi.encode(added)), "tier");
        (version, activeFrom, ) = parameters.proposal();
        require(version == 0 && activeFrom == 0, "nothing waits");
    }

    function testFuzz_activate_beforeTheWayOut_reverts_I52(uint32 early) public {
        propose(live());
        require(parameters.changeSeconds() > parameters.unbondingSeconds(), "slower than the way out");
        vm.warp(START + (early % CHANGE));
        vm.expectRevert(abi.encodeWithSelector(IParameters.ProposalNotDue.selector, START + CHANGE));
        parameters.activate(2);
    }

    function test_activate_changesNoOldVersion_I13_I15() public {
        bytes32 before = keccak256(abi.encode(parameters.tier(1)));
        Tier memory added = live();
        (added.minLock, added.lockPerFee) = (51e18, 1);
        propose(added);
        vm.warp(START + CHANGE);
        parameters.activate(2);
        require(keccak256(abi.encode(parameters.tier(1))) == before, "frozen");
        (uint96 minLock, , , ) = parameters.workTerms(1);
        equal(minLock, 100e18, "the lock of what lives under version 1");
    }

    function test_propose_byAnotherThanTheGovernor_reverts_I50() public {
        Tier memory added = live();
        bytes memory expected = abi.encodeWithSelector(IParameters.NotGovernor.selector, STRANGER);
        refuse(STRANGER, address(parameters), abi.encodeCall(parameters.propose, (added)), expected);
        propose(added);
        refuse(STRANGER, address(parameters), abi.encodeCall(parameters.cancelProposal, ()), expected);
    }

    /// @notice The default: no governor, so no version is ever added.
    function test_propose_withoutGovernor_revertsForEverybody_I50() public {
        Tier[] memory tiers = new Tier[](1);
        tiers[0] = tier();
        parameters = new Parameters(tiers, TWO_WEEKS, address(0));
        bytes memory call = abi.encodeCall(parameters.propose, (live()));
        address[3] memory callers = [GOVERNOR, STRANGER, address(this)];
        for (uint256 i = 0; i < 3; ++i) {
            bytes memory expected = abi.encodeWithSelector(IParameters.NotGovernor.selector, callers[i]);
            refuse(callers[i], address(parameters), call, expected);
        }
        vm.expectRevert(abi.encodeWithSelector(IParameters.NothingProposed.selector, 2));
        parameters.activate(2);
    }

    function test_propose_brokenRules_reverts_S14_S15_I53() public {
        Tier memory added = live();
        added.workerSeconds = 14 days;
        // A receipt's 40 minutes, 30 of window, 20 for an input, the dispute, an hour of airgap
        uint256 span = 90 minutes + 14 days + 6 hours + 21 * 10 minutes + 1 hours;
        bytes4 selector = IParameters.UnbondingTooShort.selector;
        proposeRefused(
            added,
            abi.encodeWithSelector(selector, bytes32("test"), TWO_WEEKS, span + (span + 9) / 10)
        );
        added = live();
        added.challengeBond = 1;
        // (85,000 + 9 * 65,000 + 80,000) gas at 10^12, of which a lost bond pays 60 %
        proposeRefused(added, outOfBounds("challengeBond", 1, 1_250_000e12));
        added = live();
        added.minLock = 0;
        (bool success, ) = address(parameters).call(abi.encodeCall(parameters.propose, (added)));
        require(!success, "a version without locks");
        vm.chainId(1);
        added = live();
        added.windowSeconds = 1799;
        proposeRefused(added, outOfBounds("windowSeconds", 1799, 1800));
        equal(propose(live()), 2, "a legal one");
    }

    function test_propose_whileOneWaits_reverts() public {
        propose(live());
        proposeRefused(live(), abi.encodeWithSelector(IParameters.ProposalWaiting.selector, 2));
        vm.prank(GOVERNOR);
        parameters.cancelProposal();
        equal(propose(live()), 2, "the same number");
    }

    function test_cancelProposal_endsIt() public {
        propose(live());
        vm.prank(GOVERNOR);
        parameters.cancelProposal();
        vm.warp(START + 2 * uint256(CHANGE));
        vm.expectRevert(abi.encodeWithSelector(IParameters.NothingProposed.selector, 2));
        parameters.activate(2);
        bytes memory nothing = abi.encodeWithSelector(IParameters.NothingProposed.selector, 2);
        refuse(GOVERNOR, address(parameters), abi.encodeCall(parameters.cancelProposal, ()), nothing);
    }

    /// @notice A cancelled proposal leaves no head start to the next one.
    function test_propose_afterCancelling_startsItsDelayAnew_I52() public {
        propose(live());
        vm.warp(START + CHANGE - 1);
        vm.startPrank(GOVERNOR);
        parameters.cancelProposal();
        parameters.propose(live());
        vm.stopPrank();
        vm.warp(START + CHANGE + 1);
        vm.expectRevert(
            abi.encodeWithSelector(IParameters.ProposalNotDue.selector, START + 2 * uint256(CHANGE) - 1)
        );
        parameters.activate(2);
    }

    function test_activate_anotherNumber_reverts() public {
        propose(live());
        vm.warp(START + CHANGE);
        vm.expectRevert(abi.encodeWithSelector(IParameters.NothingProposed.selector, 1));
        parameters.activate(1);
        vm.expectRevert(abi.encodeWithSelector(IParameters.NothingProposed.selector, 3));
        parameters.activate(3);
        parameters.activate(2);
        vm.expectRevert(abi.encodeWithSelector(IParameters.NothingProposed.selector, 2));
        parameters.activate(2);
        vm.expectRevert(abi.encodeWithSelector(IParameters.NothingProposed.selector, 3));
        parameters.activate(3);
    }
}
