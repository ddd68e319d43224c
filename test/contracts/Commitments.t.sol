// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {InferenceMarket} from "../../contracts/InferenceMarket.sol";
import {ICommitments} from "../../contracts/interfaces/ICommitments.sol";
import {IInferenceMarket} from "../../contracts/interfaces/IInferenceMarket.sol";
import {Commitment, CommitmentStatus} from "../../contracts/types/Commitment.sol";
import {Request, RequestStatus} from "../../contracts/types/Market.sol";
import {Claim} from "../../contracts/types/Trace.sol";
import {MarketTest} from "./support/MarketTest.sol";
import {vm} from "./support/Vm.sol";

/// @notice What modules may do to a commitment of the market. Here the test speaks for the modules.
contract CommitmentsTest is MarketTest {
    function hold(address module, Request memory asked) internal {
        (bytes32 commitId, bytes memory opening) = (
            commitIdOf(asked, false),
            openingOf(asked, leafOf(false))
        );
        vm.prank(module);
        market.hold(commitId, opening, KEEPER);
    }

    function slash(address module, bytes32 commitId, address reporter) internal returns (bool) {
        vm.prank(module);
        return market.slash(commitId, reporter);
    }

    function notDisputable(bytes32 commitId) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(ICommitments.NotDisputable.selector, commitId);
    }

    function commitmentStatus(
        bytes32 commitId,
        CommitmentStatus given,
        CommitmentStatus required
    ) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(ICommitments.WrongCommitmentStatus.selector, commitId, given, required);
    }

    // modules

    function test_setModules_secondTimeOrStranger_reverts_I50() public {
        bytes memory expected = abi.encodeWithSelector(ICommitments.SourceModulesAlreadySet.selector);
        bytes memory data = abi.encodeCall(market.setModules, (STRANGER, STRANGER, STRANGER, STRANGER));
        refuseMarket(address(this), data, expected);
        market = new InferenceMarket(vault, registry, parameters, address(0), address(0));
        refuseMarket(STRANGER, data, expected);
    }

    function test_modulesOnly_byStranger_reverts_I50() public {
        (Request memory asked, bytes32 commitId) = commitRequest();
        bytes memory expected = abi.encodeWithSelector(ICommitments.NotModuleOfSource.selector, STRANGER);
        bytes memory opening = openingOf(asked, leafOf(false));
        refuseMarket(STRANGER, abi.encodeCall(market.hold, (commitId, opening, STRANGER)), expected);
        refuseMarket(STRANGER, abi.encodeCall(market.release, (commitId)), expected);
        refuseMarket(STRANGER, abi.encodeCall(market.extend, (commitId, 1)), expected);
        refuseMarket(STRANGER, abi.encodeCall(market.slash, (commitId, STRANGER)), expected);
        refuseMarket(STRANGER, abi.encodeCall(market.suspend, (asked, WORKER)), expected);
        refuseMarket(STRANGER, abi.encodeCall(market.resume, (asked)), expected);
        refuseMarket(STRANGER, abi.encodeCall(market.forfeit, (asked)), expected);
        // A module that is not the one for inputs
        expected = abi.encodeWithSelector(ICommitments.NotModuleOfSource.selector, address(game));
        refuseMarket(address(game), abi.encodeCall(market.suspend, (asked, WORKER)), expected);
        // And no module of the other source
        expected = abi.encodeWithSelector(ICommitments.NotModuleOfSource.selector, address(receiptGame));
        refuseMarket(address(receiptGame), abi.encodeCall(market.slash, (commitId, STRANGER)), expected);
    }

    // hold

    function test_hold_firstTime_records_S07() public {
        (Request memory asked, bytes32 commitId) = commitRequest();
        hold(address(equivocation), asked);
        Commitment memory c = market.getCommitment(commitId);
        require(c.status == CommitmentStatus.Open && c.holds == 1 && c.inputPosted, "open");
        require(c.terms.subject == idOf(asked) && c.terms.worker == WORKER, "terms");
        require(c.beneficiary == REQUESTER && c.fee == FEE && c.lock == LOCK, "money");
        require(c.challengeUntil == START + 60 && c.slashedAt == 0, "times");
        (address worker, uint16 version) = market.termsOf(commitId);
        require(worker == WORKER && version == 1, "terms of");
        require(market.outputRootOf(commitId) == c.terms.outputRoot, "output root");
        Claim memory asks = market.claimOf(commitId);
        require(asks.inputRoot == asked.inputRoot && asks.passes == 1 && asks.slots == SLOTS, "claim");
        require(asks.traceRoot == 0 && asks.descriptorsRoot == descriptorsRoot(), "roots");

        vm.prank(address(game));
        market.hold(commitId, "no opening is needed any more", KEEPER);
        equal(market.getCommitment(commitId).holds, 2, "holds");
        vm.prank(address(game));
        market.release(commitId);
        equal(market.getCommitment(commitId).holds, 1, "released");
    }

    function test_hold_openingOfAnother_reverts_S07() public {
        (Request memory asked, bytes32 commitId) = commitRequest();
        (Request memory other, ) = commitRequest();
        bytes memory opening = openingOf(other, leafOf(false));
        refuseMarket(
            address(game),
            abi.encodeCall(market.hold, (commitId, opening, KEEPER)),
            notDisputable(commitId)
        );
        opening = openingOf(asked, leafOf(true));
        refuseMarket(
            address(game),
            abi.encodeCall(market.hold, (commitId, opening, KEEPER)),
            abi.encodeWithSelector(IInferenceMarket.NotInBatch.selector, commitIdOf(asked, true), 1)
        );
    }

    function test_hold_endedRequest_reverts_I24() public {
        (Request memory asked, bytes32 commitId) = commitRequest();
        (Request memory held, bytes32 heldId) = commitRequest();
        hold(address(game), held);
        vm.prank(address(game));
        market.release(heldId);
        vm.warp(START + 61);
        market.finalize(asked);
        market.finalize(held);
        bytes memory opening = openingOf(asked, leafOf(false));
        refuseMarket(
            address(game),
            abi.encodeCall(market.hold, (commitId, opening, KEEPER)),
            wrongStatus(asked, RequestStatus.Finalized, RequestStatus.Committed)
        );
        refuseMarket(address(game), abi.encodeCall(market.hold, (heldId, "", KEEPER)), notDisputable(heldId));
        refuseMarket(address(game), abi.encodeCall(market.slash, (heldId, STRANGER)), notDisputable(heldId));
        refuseMarket(address(game), abi.encodeCall(market.extend, (heldId, 1)), notDisputable(heldId));
        refuseMarket(
            address(game),
            abi.encodeCall(market.slash, (commitId, STRANGER)),
            notDisputable(commitId)
        );
    }

    // extend

    function test_extend_movesTheWindow_S09() public {
        (Request memory asked, bytes32 commitId) = commitRequest();
        hold(address(inputRequests), asked);
        vm.startPrank(address(inputRequests));
        market.extend(commitId, uint64(START + 59)); // never back
        equal(market.getCommitment(commitId).challengeUntil, START + 60, "as it was");
        market.extend(commitId, uint64(START + 90));
        market.release(commitId);
        vm.stopPrank();
        equal(market.getCommitment(commitId).challengeUntil, START + 90, "moved");
        equal(stateOf(asked).deadline, START + 90, "for the request too");
        bytes memory data = abi.encodeCall(market.finalize, (asked));
        vm.warp(START + 90);
        challenge(asked, false, CHALLENGER); // inside the window that was moved
        refuseMarket(KEEPER, data, notReached(START + 90));
    }

    // slash and settle

    function test_slash_byTheGame_takesTheLock_I10() public {
        (Request memory asked, bytes32 commitId) = commitRequest();
        hold(address(game), asked);
        require(slash(address(game), commitId, FRIEND), "slashed");
        equal(credit(REQUESTER), FEE, "the fee is back at once");
        equal(account(WORKER).locked, 0, "slashed");
        equal(account(WORKER).free, STAKE - LOCK, "other stake is not touched");
        require(status(asked) == RequestStatus.Slashed, "request");
        Commitment memory c = market.getCommitment(commitId);
        require(c.status == CommitmentStatus.Slashed && c.slashedAt == START, "commitment");
        require(c.reporter == FRIEND && c.lock == LOCK, "reporter");
        refuseMarket(
            address(game),
            abi.encodeCall(market.slash, (commitId, STRANGER)),
            notDisputable(commitId)
        );
    }

    /// @notice Whoever proves: the earliest challenger that has not lost reports.
    function test_slash_byAnotherModule_reporterIsTheFirstChallenger_S13_I30() public {
        (Request memory asked, bytes32 commitId) = commitRequest();
        bytes32 first = challenge(asked, false, FRIEND);
        challenge(asked, false, CHALLENGER);
        slash(address(equivocation), commitId, STRANGER);
        require(market.getCommitment(commitId).reporter == FRIEND, "the earliest");
        vm.warp(START + 31);
        market.settle(commitId);
        game.settleDispute(first);
        equal(credit(FRIEND), (LOCK * 15) / 100 + 10e18 + gasOf(first), "reward, bond and gas");
        equal(credit(STRANGER), 0, "nothing for being late");

        (asked, commitId) = commitRequest();
        hold(address(equivocation), asked);
        slash(address(equivocation), commitId, STRANGER);
        require(market.getCommitment(commitId).reporter == STRANGER, "nobody was earlier");
    }

    function gasOf(bytes32 disputeId) internal view returns (uint256) {
        return uint256(game.getDispute(disputeId).gasOwed) * 1e12;
    }

    function test_slash_retiredProgram_refunds_S05() public {
        (Request memory asked, bytes32 commitId) = commitRequest();
        bytes32 disputeId = challenge(asked, false, CHALLENGER);
        retire();
        require(!slash(address(equivocation), commitId, STRANGER), "not slashed");
        require(status(asked) == RequestStatus.Refunded, "refunded");
        require(market.getCommitment(commitId).status == CommitmentStatus.Refunded, "commitment");
        equal(account(WORKER).free, STAKE, "lock");
        equal(credit(REQUESTER), FEE, "fee");
        game.settleDispute(disputeId);
        equal(credit(CHALLENGER), 10e18, "bond");
    }

    function test_settle_aroundTheAirgap_I04_I05_I30() public {
        (Request memory asked, bytes32 commitId) = commitRequest();
        challenge(asked, false, CHALLENGER);
        slash(address(game), commitId, FRIEND);
        bytes memory data = abi.encodeCall(market.settle, (commitId));
        bytes memory early = abi.encodeWithSelector(
            ICommitments.AirgapRunning.selector,
            commitId,
            START + 30
        );
        vm.warp(START + 29);
        refuseMarket(KEEPER, data, early);
        vm.warp(START + 30);
        refuseMarket(KEEPER, data, early);
        vm.warp(START + 31);
        uint256 escrowed = vault.escrow(address(game));
        market.settle(commitId);
        uint256 compensation = 3 * FEE; // less than 15 % of the lock
        equal(credit(FRIEND), (LOCK * 15) / 100, "reporter");
        equal(credit(REQUESTER), FEE + compensation, "compensation");
        uint256 gas = vault.escrow(address(game)) - escrowed;
        uint256 burned = vault.pendingBurn();
        equal(burned + gas + credit(FRIEND) + compensation, LOCK, "I-04: gone to the last unit");
        require(2 * burned >= LOCK, "I-05: at least half burns");
        equal(vault.escrow(address(market)), 0, "escrow");
        refuseMarket(KEEPER, data, abi.encodeWithSelector(ICommitments.AlreadySettled.selector, commitId));
    }

    function test_settle_notSlashed_reverts_I30() public {
        (Request memory asked, bytes32 commitId) = commitRequest();
        bytes memory data = abi.encodeCall(market.settle, (commitId));
        refuseMarket(
            KEEPER,
            data,
            commitmentStatus(commitId, CommitmentStatus.None, CommitmentStatus.Slashed)
        );
        hold(address(game), asked);
        refuseMarket(
            KEEPER,
            data,
            commitmentStatus(commitId, CommitmentStatus.Open, CommitmentStatus.Slashed)
        );
    }

    // Nobody's powers

    function test_guardian_noneByDefault_I50() public {
        (Request memory asked, bytes32 commitId) = commitRequest();
        hold(address(game), asked);
        slash(address(game), commitId, FRIEND);
        address[4] memory callers = [address(this), GUARDIAN, address(game), REQUESTER];
        for (uint256 i = 0; i < callers.length; ++i) {
            bytes memory expected = abi.encodeWithSelector(ICommitments.NotGuardian.selector, callers[i]);
            refuseMarket(callers[i], abi.encodeCall(market.flipToRefund, (commitId)), expected);
            refuseMarket(callers[i], abi.encodeCall(market.pauseNew, (1)), expected);
        }
    }
}
