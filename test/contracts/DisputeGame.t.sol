// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IDisputeGame} from "../../contracts/interfaces/IDisputeGame.sol";
import {ICommitments} from "../../contracts/interfaces/ICommitments.sol";
import {IInferenceMarket} from "../../contracts/interfaces/IInferenceMarket.sol";
import {MoveGasLib} from "../../contracts/libraries/MoveGasLib.sol";
import {CommitmentStatus} from "../../contracts/types/Commitment.sol";
import {Binding, Dispute, DisputeStatus} from "../../contracts/types/Dispute.sol";
import {Request, RequestStatus} from "../../contracts/types/Market.sol";
import {NodeKind, Section} from "../../contracts/types/Trace.sol";
import {ProtocolTest} from "./support/ProtocolTest.sol";
import {vm} from "./support/Vm.sol";

contract DisputeGameTest is ProtocolTest {
    uint256 internal constant BOND = 10e18;
    uint256 internal constant HONEST = 99; // no slot of that number: no lie

    function refuseGame(address caller, bytes memory data, bytes memory expected) internal {
        refuse(caller, address(game), data, expected);
    }

    function statusOf(bytes32 disputeId) internal view returns (DisputeStatus) {
        return game.getDispute(disputeId).status;
    }

    function commitmentStatus(bytes32 commitId) internal view returns (CommitmentStatus) {
        return market.getCommitment(commitId).status;
    }

    function chooseCall(bytes32 disputeId, uint256 lie, uint8 index) internal pure returns (bytes memory) {
        bytes32[16] memory children = traceWith(lie);
        return abi.encodeCall(IDisputeGame.choose, (disputeId, nodeHash(children), children, index));
    }

    // challenge

    function test_challenge_opens_I28() public {
        (, bytes32 commitId, bytes32 disputeId) = openDispute(CHALLENGER);
        Dispute memory d = game.getDispute(disputeId);
        require(d.commitId == commitId && d.challenger == CHALLENGER, "whose");
        require(d.status == DisputeStatus.Open && !d.rooted && d.serial == 0, "open");
        require(d.lastMoveAt == START && d.workerSeconds == 60 && d.challengerSeconds == 60, "clocks");
        equal(d.bond, BOND, "bond");
        equal(vault.escrow(address(game)), BOND, "escrow");
        equal(market.getCommitment(commitId).holds, 1, "counted");
        require(game.disputeIdOf(commitId, 0) == disputeId, "id");
        require(game.disputeIdOf(commitId, 1) == 0, "no second");
        (bool workersTurn, uint64 deadline) = game.turn(disputeId);
        require(workersTurn && deadline == START + 60, "the worker must bind");
    }

    function test_challenge_atAndAfterTheWindow_I29() public {
        (Request memory asked, bytes32 commitId) = commitRequest();
        vm.warp(START + 60);
        challenge(asked, false, CHALLENGER);
        vm.warp(START + 61);
        refuseGame(
            FRIEND,
            abi.encodeCall(game.challenge, (commitId, "")),
            abi.encodeWithSelector(ICommitments.WindowClosed.selector, commitId, START + 60)
        );
    }

    function test_challenge_isRecordedOnce_andNeedsNoOpeningThen() public {
        (Request memory asked, bytes32 commitId) = commitRequest();
        require(commitmentStatus(commitId) == CommitmentStatus.None, "nobody has doubted it");
        challenge(asked, false, CHALLENGER);
        require(commitmentStatus(commitId) == CommitmentStatus.Open, "recorded");
        vm.prank(FRIEND);
        game.challenge(commitId, "");
        equal(market.getCommitment(commitId).holds, 2, "holds");
    }

    function test_challenge_unknownOrEnded_reverts_I24() public {
        (Request memory asked, bytes32 commitId) = commitRequest();
        bytes memory opening = openingOf(asked, leafOf(false));
        bytes32 other = bytes32(uint256(1));
        refuseGame(
            CHALLENGER,
            abi.encodeCall(game.challenge, (other, opening)),
            abi.encodeWithSelector(ICommitments.NotDisputable.selector, other)
        );
        vm.warp(START + 61);
        market.finalize(asked);
        refuseGame(
            CHALLENGER,
            abi.encodeCall(game.challenge, (commitId, opening)),
            abi.encodeWithSelector(
                IInferenceMarket.WrongStatus.selector,
                idOf(asked),
                RequestStatus.Finalized,
                RequestStatus.Committed
            )
        );
    }

    function test_challenge_sameChallengerTwice_areTwoDisputes() public {
        (, bytes32 commitId, bytes32 first) = openDispute(CHALLENGER);
        vm.prank(CHALLENGER);
        bytes32 second = game.challenge(commitId, "");
        require(first != second, "ids");
        equal(game.getDispute(second).serial, 1, "serial");
        equal(vault.escrow(address(game)), 2 * BOND, "two bonds");
    }

    // bindTrace

    function test_bindTrace_whoMay_S08() public {
        (, bytes32 commitId, bytes32 disputeId) = openDispute(CHALLENGER);
        bytes memory data = abi.encodeCall(game.bindTrace, (commitId, traceWith(HONEST)));
        address[3] memory strangers = [STRANGER, CHALLENGER, KEY];
        for (uint256 i = 0; i < 3; ++i) {
            refuseGame(
                strangers[i],
                data,
                abi.encodeWithSelector(IDisputeGame.NotWorkerKey.selector, strangers[i], WORKER)
            );
        }
        vm.prank(WORKER);
        vault.setKey(KEY, 2); // a defender
        vm.prank(KEY);
        (bool success, ) = address(game).call(data);
        require(success, "the defender binds");
        Binding memory b = game.getBinding(commitId);
        require(b.traceRoot == nodeHash(traceWith(HONEST)) && b.boundAt == START, "bound");
        require(game.getDispute(disputeId).node == b.traceRoot, "the dispute stands at the root");
        (bool workersTurn, uint64 deadline) = game.turn(disputeId);
        require(!workersTurn && deadline == START + 60, "the challenger is to choose");
        refuseGame(
            WORKER,
            data,
            abi.encodeWithSelector(IDisputeGame.AlreadyBound.selector, commitId, b.traceRoot)
        );
    }

    function test_bindTrace_operatorKey_succeeds_S08() public {
        (, bytes32 commitId, ) = openDispute(CHALLENGER);
        vm.prank(WORKER);
        vault.setKey(KEY, 1);
        bytes memory data = abi.encodeCall(game.bindTrace, (commitId, traceWith(HONEST)));
        vm.prank(KEY);
        (bool success, ) = address(game).call(data);
        require(success, "the operator binds");
    }

    function test_bindAndReveal_withoutDispute_reverts_I27() public {
        (, bytes32 commitId) = commitRequest();
        bytes memory expected = abi.encodeWithSelector(IDisputeGame.NotDisputed.selector, commitId);
        bytes32[16] memory children = traceWith(HONEST);
        refuseGame(WORKER, abi.encodeCall(game.bindTrace, (commitId, children)), expected);
        refuseGame(WORKER, abi.encodeCall(game.reveal, (commitId, children)), expected);
        refuseGame(WORKER, abi.encodeCall(game.revealTile, (commitId, tileOf(0, false))), expected);
    }

    // reveal

    function test_reveal_garbage_answersNothing_I27() public {
        (, bytes32 commitId, bytes32 disputeId) = openDispute(CHALLENGER);
        bytes32[16] memory children = traceWith(HONEST);
        vm.prank(WORKER);
        game.bindTrace(commitId, children);
        bytes32 root = nodeHash(children);
        vm.prank(CHALLENGER);
        game.choose(disputeId, root, children, 3);
        vm.startPrank(STRANGER);
        game.revealTile(commitId, "x");
        game.reveal(commitId, children);
        vm.stopPrank();
        require(game.getReveal(commitId, tileHash("x")).kind == NodeKind.Tile, "kept under its own hash");
        require(game.getReveal(commitId, children[3]).kind == NodeKind.Unrevealed, "the node is not shown");
        (bool workersTurn, ) = game.turn(disputeId);
        require(workersTurn, "the worker has not answered");
    }

    function test_reveal_byAnyone_once() public {
        (, bytes32 commitId, ) = openDispute(CHALLENGER);
        bytes32[16] memory children = traceWith(HONEST);
        bytes32 node = nodeHash(children);
        bytes memory data = abi.encodeCall(game.reveal, (commitId, children));
        vm.warp(START + 5);
        vm.prank(STRANGER);
        (bool success, ) = address(game).call(data);
        require(success, "anyone");
        require(game.getReveal(commitId, node).kind == NodeKind.Inner, "kind");
        equal(game.getReveal(commitId, node).revealedAt, START + 5, "time");
        vm.warp(START + 6);
        refuseGame(
            WORKER,
            data,
            abi.encodeWithSelector(IDisputeGame.AlreadyRevealed.selector, commitId, node)
        );
    }

    function test_revealTile_size_reverts() public {
        (, bytes32 commitId, ) = openDispute(CHALLENGER);
        bytes4 selector = IDisputeGame.WrongTileSize.selector;
        refuseGame(
            WORKER,
            abi.encodeCall(game.revealTile, (commitId, "")),
            abi.encodeWithSelector(selector, 0, 1024)
        );
        refuseGame(
            WORKER,
            abi.encodeCall(game.revealTile, (commitId, new bytes(1025))),
            abi.encodeWithSelector(selector, 1025, 1024)
        );
        bytes memory tile = new bytes(1024);
        game.revealTile(commitId, tile);
        require(game.getReveal(commitId, tileHash(tile)).kind == NodeKind.Tile, "1 KiB is a tile");
    }

    // choose

    function test_choose_beforeBind_reverts() public {
        (, , bytes32 disputeId) = openDispute(CHALLENGER);
        bytes32[16] memory none;
        refuseGame(
            CHALLENGER,
            abi.encodeCall(game.choose, (disputeId, 0, none, 0)),
            abi.encodeWithSelector(IDisputeGame.WorkerToMove.selector, disputeId, START + 60)
        );
    }

    function test_choose_guards_reverts_I27() public {
        (, bytes32 commitId, bytes32 disputeId) = openDispute(CHALLENGER);
        bindWith(commitId, HONEST);
        bytes32[16] memory children = traceWith(HONEST);
        bytes32 root = nodeHash(children);
        refuseGame(
            FRIEND,
            chooseCall(disputeId, HONEST, 2),
            abi.encodeWithSelector(IDisputeGame.NotChallenger.selector, FRIEND, CHALLENGER)
        );
        refuseGame(
            CHALLENGER,
            chooseCall(disputeId, 4, 2),
            abi.encodeWithSelector(IDisputeGame.UnexpectedNode.selector, nodeHash(traceWith(4)), root)
        );
        refuseGame(
            CHALLENGER,
            chooseCall(disputeId, HONEST, 16),
            abi.encodeWithSelector(IDisputeGame.InvalidChoice.selector, 16, 0)
        );
        children[3] = 0;
        refuseGame(
            CHALLENGER,
            abi.encodeCall(game.choose, (disputeId, root, children, 2)),
            abi.encodeWithSelector(IDisputeGame.WrongPreimage.selector, nodeHash(children), root)
        );
    }

    function test_choose_unknownDispute_reverts() public {
        bytes32 unknown = bytes32(uint256(1));
        bytes32[16] memory none;
        refuseGame(
            CHALLENGER,
            abi.encodeCall(game.choose, (unknown, 0, none, 0)),
            abi.encodeWithSelector(IDisputeGame.DisputeNotOpen.selector, unknown, DisputeStatus.None)
        );
    }

    function test_choose_movesOn() public {
        (, bytes32 commitId, bytes32 disputeId) = openDispute(CHALLENGER);
        vm.warp(START + 20);
        bindWith(commitId, HONEST);
        vm.warp(START + 50);
        chooseSlot(disputeId, CHALLENGER, 2, HONEST);
        Dispute memory d = game.getDispute(disputeId);
        require(d.rooted && d.node == traceWith(HONEST)[2], "node");
        require(
            d.position.section == Section.Trace && d.position.depth == 1 && d.position.path == 2,
            "place"
        );
        equal(d.workerSeconds, 40, "the worker took 20 s");
        equal(d.challengerSeconds, 30, "the challenger took 30 s");
        equal(d.lastMoveAt, START + 50, "now");
        (bool workersTurn, uint64 deadline) = game.turn(disputeId);
        require(workersTurn && deadline == START + 90, "the worker must reveal");
        refuseGame(
            CHALLENGER,
            chooseCall(disputeId, HONEST, 2),
            abi.encodeWithSelector(IDisputeGame.UnexpectedNode.selector, nodeHash(traceWith(HONEST)), d.node)
        );
    }

    function test_choose_depthSixteen_reverts() public {
        (, bytes32 commitId, bytes32 disputeId) = openDispute(CHALLENGER);
        // A chain of nodes 17 deep, from the bottom up.
        bytes32[] memory chain = new bytes32[](18);
        chain[17] = bytes32(uint256(1));
        for (uint256 i = 17; i > 0; --i) chain[i - 1] = nodeHash(only(chain[i]));
        bytes32[16] memory top = only(chain[1]);
        vm.prank(WORKER);
        game.bindTrace(commitId, top);
        for (uint256 depth = 0; depth < 16; ++depth) {
            bytes32[16] memory children = only(chain[depth + 1]);
            vm.prank(CHALLENGER);
            game.choose(disputeId, chain[depth], children, 15);
            bytes32[16] memory next = only(chain[depth + 2]);
            game.reveal(commitId, next);
        }
        Dispute memory d = game.getDispute(disputeId);
        require(d.position.depth == 16 && d.position.path == type(uint64).max, "a full path");
        refuseGame(
            CHALLENGER,
            abi.encodeCall(game.choose, (disputeId, chain[16], only(chain[17]), 0)),
            abi.encodeWithSelector(IDisputeGame.InvalidChoice.selector, 0, 16)
        );
    }

    function only(bytes32 last) internal pure returns (bytes32[16] memory children) {
        children[15] = last;
    }

    // chooseOutput

    function test_chooseOutput_firstMoveOnly() public {
        (, bytes32 commitId, bytes32 disputeId) = openDispute(CHALLENGER);
        refuseGame(
            CHALLENGER,
            abi.encodeCall(game.chooseOutput, (disputeId)),
            abi.encodeWithSelector(IDisputeGame.WorkerToMove.selector, disputeId, START + 60)
        );
        bindWith(commitId, HONEST);
        vm.prank(CHALLENGER);
        game.chooseOutput(disputeId);
        Dispute memory d = game.getDispute(disputeId);
        require(d.node == tileHash(outputOf(false)) && d.position.section == Section.Output, "output");
        refuseGame(
            CHALLENGER,
            abi.encodeCall(game.chooseOutput, (disputeId)),
            abi.encodeWithSelector(IDisputeGame.UnexpectedNode.selector, nodeHash(traceWith(HONEST)), d.node)
        );
    }

    // The clocks, one second to each side

    function test_timeout_workerSilent_aroundTheDeadline_I23() public {
        (, bytes32 commitId, bytes32 disputeId) = openDispute(CHALLENGER);
        bytes memory data = abi.encodeCall(game.timeout, (disputeId));
        bytes memory early = abi.encodeWithSelector(
            IDisputeGame.ClockRunning.selector,
            disputeId,
            START + 60
        );
        vm.warp(START + 59);
        refuseGame(KEEPER, data, early);
        vm.warp(START + 60);
        refuseGame(KEEPER, data, early);
        vm.warp(START + 61);
        vm.prank(KEEPER);
        game.timeout(disputeId);
        require(statusOf(disputeId) == DisputeStatus.Won, "won");
        require(commitmentStatus(commitId) == CommitmentStatus.Slashed, "slashed like a proven fault");
    }

    function test_bindTrace_atTheDeadline_isInTime_I20() public {
        (, bytes32 commitId, bytes32 disputeId) = openDispute(CHALLENGER);
        vm.warp(START + 60);
        bindWith(commitId, HONEST);
        (bool workersTurn, uint64 deadline) = game.turn(disputeId);
        require(!workersTurn && deadline == START + 120, "the challenger's whole clock");
    }

    function test_bindTrace_late_losesThatDisputeOnly() public {
        (, bytes32 commitId, bytes32 first) = openDispute(CHALLENGER);
        vm.warp(START + 30);
        vm.prank(FRIEND);
        bytes32 second = game.challenge(commitId, "");
        vm.warp(START + 61);
        bindWith(commitId, HONEST);
        (bool workersTurn, uint64 deadline) = game.turn(first);
        require(workersTurn && deadline == START + 60, "too late for the first");
        (workersTurn, deadline) = game.turn(second);
        require(!workersTurn && deadline == START + 121, "in time for the second");
        bytes memory expected = abi.encodeWithSelector(IDisputeGame.WorkerToMove.selector, first, START + 60);
        refuseGame(CHALLENGER, chooseCall(first, HONEST, 1), expected);
        game.timeout(first);
        require(commitmentStatus(commitId) == CommitmentStatus.Slashed, "slashed");
    }

    function test_choose_atAndAfterTheDeadline_I25() public {
        (, bytes32 commitId, bytes32 disputeId) = openDispute(CHALLENGER);
        vm.prank(FRIEND);
        bytes32 other = game.challenge(commitId, "");
        bindWith(commitId, HONEST);
        vm.warp(START + 60);
        chooseSlot(disputeId, CHALLENGER, 1, HONEST);
        equal(game.getDispute(disputeId).challengerSeconds, 10, "the floor, not zero");
        equal(game.getDispute(disputeId).workerSeconds, 60, "an immediate answer costs nothing");
        bytes memory running = abi.encodeWithSelector(IDisputeGame.ClockRunning.selector, other, START + 60);
        refuseGame(KEEPER, abi.encodeCall(game.timeout, (other)), running);
        vm.warp(START + 61);
        refuseGame(
            FRIEND,
            chooseCall(other, HONEST, 1),
            abi.encodeWithSelector(IDisputeGame.ClockExpired.selector, other, START + 60)
        );
        vm.prank(KEEPER);
        game.timeout(other);
        require(statusOf(other) == DisputeStatus.Lost, "lost");
    }

    // proveStep

    function test_proveStep_faulty_slashes_I30() public {
        (, bytes32 commitId, bytes32 disputeId) = openDispute(CHALLENGER);
        bindWith(commitId, 2);
        chooseSlot(disputeId, CHALLENGER, 2, 2);
        bytes memory tile = tileOf(2, true);
        refuseGame(
            CHALLENGER,
            abi.encodeCall(game.proveStep, (disputeId, tileHash(tile), stepProof(tile))),
            abi.encodeWithSelector(IDisputeGame.WorkerToMove.selector, disputeId, START + 60)
        );
        revealSlot(commitId, 2, 2);
        refuseGame(
            FRIEND,
            abi.encodeCall(game.proveStep, (disputeId, tileHash(tile), stepProof(tile))),
            abi.encodeWithSelector(IDisputeGame.NotChallenger.selector, FRIEND, CHALLENGER)
        );
        refuseGame(
            CHALLENGER,
            abi.encodeCall(game.proveStep, (disputeId, 0, stepProof(tile))),
            abi.encodeWithSelector(IDisputeGame.UnexpectedNode.selector, bytes32(0), tileHash(tile))
        );
        proveSlot(disputeId, CHALLENGER, 2, 2);
        require(statusOf(disputeId) == DisputeStatus.Won, "won");
        require(commitmentStatus(commitId) == CommitmentStatus.Slashed, "slashed");
    }

    function test_proveStep_correct_losesTheBond() public {
        (, bytes32 commitId, bytes32 disputeId) = openDispute(CHALLENGER);
        bindWith(commitId, HONEST);
        chooseSlot(disputeId, CHALLENGER, 2, HONEST);
        revealSlot(commitId, 2, HONEST);
        proveSlot(disputeId, CHALLENGER, 2, HONEST);
        require(statusOf(disputeId) == DisputeStatus.Lost, "lost");
        equal(account(WORKER).credit, (BOND * 6) / 10, "60 % to the worker");
        equal(vault.pendingBurn(), (BOND * 4) / 10, "40 % burned");
        equal(vault.escrow(address(game)), 0, "nothing left");
        equal(market.getCommitment(commitId).holds, 0, "closed");
        equal(game.getBinding(commitId).gasOwed, 0, "no gas owed");
        refuseGame(
            KEEPER,
            abi.encodeCall(game.settleDispute, (disputeId)),
            abi.encodeWithSelector(IDisputeGame.NothingToSettle.selector, disputeId)
        );
    }

    function test_proveStep_emptyWhereDataBelongs_slashes() public {
        (, bytes32 commitId, bytes32 disputeId) = openDispute(CHALLENGER);
        bytes32[16] memory children = traceWith(HONEST);
        children[9] = 0; // the toy program has 16 slots
        bytes32 root = nodeHash(children);
        vm.prank(WORKER);
        game.bindTrace(commitId, children);
        vm.prank(CHALLENGER);
        game.choose(disputeId, root, children, 9);
        (bool workersTurn, uint64 deadline) = game.turn(disputeId);
        require(!workersTurn && deadline == START + 60, "EMPTY needs no answer");
        vm.prank(CHALLENGER);
        game.proveStep(disputeId, 0, stepProof(""));
        require(commitmentStatus(commitId) == CommitmentStatus.Slashed, "missing data is a fault");
    }

    // Source only

    function test_sourceOnly_byStranger_reverts_I50() public {
        bytes memory expected = abi.encodeWithSelector(IDisputeGame.NotSource.selector, STRANGER);
        refuseGame(STRANGER, abi.encodeCall(game.voidDisputes, (bytes32(0))), expected);
        refuseGame(STRANGER, abi.encodeCall(game.slashedElsewhere, (bytes32(0))), expected);
        refuseGame(STRANGER, abi.encodeCall(game.fundGas, (bytes32(0), 1, 1)), expected);
    }

    // Ends absorb

    function test_afterSlash_nobodyMoves_I24() public {
        (, bytes32 commitId, bytes32 first) = openDispute(CHALLENGER);
        vm.prank(FRIEND);
        bytes32 second = game.challenge(commitId, "");
        bindWith(commitId, 2);
        chooseSlot(first, CHALLENGER, 2, 2);
        revealSlot(commitId, 2, 2);
        proveSlot(first, CHALLENGER, 2, 2);
        require(statusOf(second) == DisputeStatus.Void, "void");

        bytes memory dead = abi.encodeWithSelector(
            IDisputeGame.DisputeNotOpen.selector,
            second,
            DisputeStatus.Void
        );
        refuseGame(FRIEND, chooseCall(second, 2, 3), dead);
        refuseGame(FRIEND, abi.encodeCall(game.chooseOutput, (second)), dead);
        bytes32 root = nodeHash(traceWith(2));
        refuseGame(FRIEND, abi.encodeCall(game.proveStep, (second, root, stepProof(""))), dead);
        vm.warp(START + 1000);
        refuseGame(KEEPER, abi.encodeCall(game.timeout, (second)), dead);
        refuseGame(KEEPER, abi.encodeCall(game.turn, (second)), dead);
        refuseGame(
            KEEPER,
            abi.encodeCall(game.timeout, (first)),
            abi.encodeWithSelector(IDisputeGame.DisputeNotOpen.selector, first, DisputeStatus.Won)
        );
        bytes memory tile = tileOf(4, false);
        refuseGame(
            WORKER,
            abi.encodeCall(game.revealTile, (commitId, tile)),
            abi.encodeWithSelector(IDisputeGame.NotDisputed.selector, commitId)
        );
        refuseGame(
            STRANGER,
            abi.encodeCall(game.challenge, (commitId, "")),
            abi.encodeWithSelector(ICommitments.NotDisputable.selector, commitId)
        );
    }

    function test_settleDispute_onceAndOnlyAfterSettlement_I30() public {
        (, bytes32 commitId, bytes32 disputeId) = openDispute(CHALLENGER);
        bytes memory data = abi.encodeCall(game.settleDispute, (disputeId));
        bytes memory nothing = abi.encodeWithSelector(IDisputeGame.NothingToSettle.selector, disputeId);
        refuseGame(KEEPER, data, nothing);
        vm.warp(START + 61);
        game.timeout(disputeId);
        refuseGame(KEEPER, data, nothing);
        vm.warp(START + 61 + 31);
        market.settle(commitId);
        uint256 reward = (100e18 * 15) / 100;
        equal(account(CHALLENGER).credit, reward, "the reporter's reward");
        vm.prank(KEEPER);
        game.settleDispute(disputeId);
        uint256 gas = uint256(MoveGasLib.CHALLENGE) * 1e12; // of one challenge at the reference price
        equal(account(CHALLENGER).credit, reward + BOND + gas, "bond and gas");
        equal(vault.escrow(address(game)), 0, "nothing left");
        refuseGame(KEEPER, data, nothing);
    }

    // The gas pot

    function settleAll(bytes32 commitId) internal {
        vm.warp(block.timestamp + 31);
        market.settle(commitId);
        uint32 disputes = game.getBinding(commitId).disputes;
        for (uint32 serial = 0; serial < disputes; ++serial) {
            game.settleDispute(game.disputeIdOf(commitId, serial));
        }
        equal(vault.escrow(address(game)), 0, "nothing left in the game");
        equal(vault.escrow(address(market)), 0, "nothing left in the market");
    }

    function gasOf(bytes32 disputeId) internal view returns (uint256) {
        return uint256(game.getDispute(disputeId).gasOwed) * 1e12;
    }

    function test_gasPot_theWinnerComesFirst_howeverManyFriends_S13() public {
        (, bytes32 commitId, bytes32 first) = openDispute(FRIEND);
        for (uint256 i = 1; i < 200; ++i) {
            vm.prank(FRIEND);
            game.challenge(commitId, "");
        }
        vm.prank(CHALLENGER);
        bytes32 honest = game.challenge(commitId, "");
        convict(commitId, honest, CHALLENGER, 2);
        uint256 burned = vault.pendingBurn();
        uint256 pot = (100e18 * 15) / 100;
        uint256 shared = pot - gasOf(honest);
        uint256 spent = gasOf(first) + 199 * uint256(MoveGasLib.NEXT_CHALLENGE) * 1e12;
        require(spent > shared, "more than there is");
        settleAll(commitId);
        equal(credit(CHALLENGER), BOND + gasOf(honest), "every move of the one who proved it");
        uint256 friends = credit(FRIEND) - 200 * BOND - pot; // besides bonds and the reward
        require(friends <= shared && shared - friends < 200, "what is left, to the last unit");
        uint256 fees = 3 * uint256(FEE); // compensation
        equal(
            vault.pendingBurn() - burned,
            100e18 - pot - gasOf(honest) - friends - fees,
            "I-04: every unit is paid or burned"
        );
    }

    function test_gasPot_withoutDilution_paysEverybodyInFull_S13() public {
        (, bytes32 commitId, bytes32 friends) = openDispute(FRIEND);
        vm.prank(CHALLENGER);
        bytes32 honest = game.challenge(commitId, "");
        convict(commitId, honest, CHALLENGER, 2);
        settleAll(commitId);
        equal(credit(CHALLENGER), BOND + gasOf(honest), "the winner");
        equal(credit(FRIEND), BOND + gasOf(friends) + 15e18, "the reporter");
    }

    function test_gasPot_timeoutOfOneDispute_paysItFirst_S13() public {
        (, bytes32 commitId, bytes32 first) = openDispute(FRIEND);
        vm.warp(START + 1);
        vm.prank(CHALLENGER);
        bytes32 other = game.challenge(commitId, "");
        vm.warp(START + 61);
        game.timeout(first);
        settleAll(commitId);
        equal(credit(FRIEND), BOND + gasOf(first) + 15e18, "won and first");
        equal(credit(CHALLENGER), BOND + gasOf(other), "the other");
    }

    /// The calls of a test are one transaction, so every move but the first is repaid as a further one.
    function test_moves_inOneTransaction_areRepaidBelowWhatTheyAdd_S13() public {
        (, bytes32 commitId, bytes32 first) = openDispute(CHALLENGER);
        equal(game.getDispute(first).gasOwed, MoveGasLib.CHALLENGE, "the first as one of its own");
        bindWith(commitId, HONEST);
        enrich(address(this));
        token.approve(address(vault), type(uint256).max);
        bytes32[16] memory children = traceWith(HONEST);
        bytes32 root = nodeHash(children);
        revealSlot(commitId, 2, HONEST);
        for (uint256 i = 0; i < 3; ++i) {
            uint256 challenged = gasleft();
            bytes32 disputeId = game.challenge(commitId, "");
            challenged -= gasleft();
            uint256 repaid = game.getDispute(disputeId).gasOwed;
            require(challenged > repaid, "a challenge");
            uint256 chosen = gasleft();
            game.choose(disputeId, root, children, 2);
            chosen -= gasleft();
            require(chosen > game.getDispute(disputeId).gasOwed - repaid, "a choice");
        }
    }

    // Ended by something else than the game

    function hiddenInput() internal returns (Request memory asked, bytes32 commitId) {
        asked = question();
        asked.inputPosted = false;
        post(asked);
        claim(asked);
        commitId = commit(asked, false);
        bytes memory opening = openingOf(asked, leafOf(false));
        vm.prank(KEEPER);
        inputRequests.requestInput(address(market), commitId, opening);
    }

    function test_slashedElsewhere_paysEveryChallenger_S13() public {
        (Request memory asked, bytes32 commitId) = hiddenInput();
        bytes32 first = challenge(asked, false, FRIEND);
        vm.warp(START + 10);
        bytes32 second = challenge(asked, false, CHALLENGER);
        vm.warp(START + 31);
        inputRequests.timeoutInput(commitId);
        require(statusOf(first) == DisputeStatus.Void && statusOf(second) == DisputeStatus.Void, "void");
        require(market.getCommitment(commitId).reporter == FRIEND, "the earliest challenger");
        bytes memory data = abi.encodeCall(game.settleDispute, (first));
        refuseGame(KEEPER, data, abi.encodeWithSelector(IDisputeGame.NothingToSettle.selector, first));
        refuseGame(
            WORKER,
            abi.encodeCall(game.bindTrace, (commitId, traceWith(HONEST))),
            abi.encodeWithSelector(IDisputeGame.NotDisputed.selector, commitId)
        );
        vm.warp(START + 61);
        refuseGame(
            KEEPER,
            abi.encodeCall(game.timeout, (first)),
            abi.encodeWithSelector(IDisputeGame.DisputeNotOpen.selector, first, DisputeStatus.Void)
        );
        settleAll(commitId);
        equal(credit(FRIEND), BOND + gasOf(first) + 15e18, "bond, gas and reward");
        equal(credit(CHALLENGER), BOND + gasOf(second), "bond and gas");
        equal(credit(KEEPER), inputRequests.inputBond(1, 8), "no reward for the one who asked");
    }

    function test_slashedElsewhere_lostDisputesReportNothing_S13() public {
        (Request memory asked, bytes32 commitId) = hiddenInput();
        bytes32 lost = challenge(asked, false, FRIEND);
        bindWith(commitId, HONEST);
        chooseSlot(lost, FRIEND, 2, HONEST);
        revealSlot(commitId, 2, HONEST);
        proveSlot(lost, FRIEND, 2, HONEST);
        equal(market.getCommitment(commitId).holds, 1, "the input request still holds");
        vm.warp(START + 31);
        inputRequests.timeoutInput(commitId);
        require(market.getCommitment(commitId).reporter == KEEPER, "the one who asked");
        vm.warp(START + 62);
        market.settle(commitId);
        equal(credit(FRIEND), 0, "a lost challenger loses all");
        equal(credit(KEEPER), inputRequests.inputBond(1, 8) + 15e18, "bond and reward");
        equal(vault.escrow(address(game)), 0, "the pot of no mover is burned");
    }

    function test_challenge_inTheMovedWindow_S09() public {
        (Request memory asked, bytes32 commitId) = hiddenInput();
        vm.warp(START + 30);
        inputRequests.postInput(commitId, 0, INPUT, new bytes32[](0));
        equal(market.getCommitment(commitId).challengeUntil, START + 60, "the old end is later");
        asked = question();
        asked.inputPosted = false;
        post(asked);
        claim(asked);
        commitId = commit(asked, false);
        bytes memory opening = openingOf(asked, leafOf(false));
        vm.warp(START + 90);
        vm.prank(KEEPER);
        inputRequests.requestInput(address(market), commitId, opening);
        vm.warp(START + 120);
        inputRequests.postInput(commitId, 0, INPUT, new bytes32[](0));
        vm.warp(START + 140);
        challenge(asked, false, CHALLENGER);
        vm.warp(START + 141);
        refuseGame(
            FRIEND,
            abi.encodeCall(game.challenge, (commitId, "")),
            abi.encodeWithSelector(ICommitments.WindowClosed.selector, commitId, START + 140)
        );
    }
}

/// @notice A deployment whose guardian may turn a slash into a refund.
contract DisputeGameFlipTest is ProtocolTest {
    function guardian() internal pure override returns (address) {
        return GUARDIAN;
    }

    function test_flip_givesEveryBondBack_S15() public {
        (, bytes32 commitId, bytes32 friends) = openDispute(FRIEND);
        vm.prank(CHALLENGER);
        bytes32 honest = game.challenge(commitId, "");
        convict(commitId, honest, CHALLENGER, 2);
        vm.warp(START + 30);
        vm.prank(GUARDIAN);
        market.flipToRefund(commitId);
        game.settleDispute(friends);
        game.settleDispute(honest);
        equal(credit(FRIEND), 10e18, "the bond and nothing else");
        equal(credit(CHALLENGER), 10e18, "the same for the one who proved the fault");
        equal(stakeOf(WORKER), STAKE, "the lock is back");
        equal(vault.escrow(address(game)), 0, "nothing left");
        refuse(
            KEEPER,
            address(game),
            abi.encodeCall(game.settleDispute, (honest)),
            abi.encodeWithSelector(IDisputeGame.NothingToSettle.selector, honest)
        );
    }
}
