// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";

import {ICommitments} from "../../contracts/interfaces/ICommitments.sol";
import {IInferenceMarket} from "../../contracts/interfaces/IInferenceMarket.sol";
import {BatchLib} from "../../contracts/libraries/BatchLib.sol";
import {CommitmentStatus, Terms} from "../../contracts/types/Commitment.sol";
import {
    Answer,
    FinalityLevel,
    Leaf,
    Request,
    RequestState,
    RequestStatus
} from "../../contracts/types/Market.sol";
import {ProgramHeader} from "../../contracts/types/Program.sol";
import {MarketTest} from "./support/MarketTest.sol";
import {vm} from "./support/Vm.sol";

/// @notice Answers: committed in batches, proven to lie in them, collected.
contract BatchesTest is MarketTest {
    function claimed(uint256 count) internal returns (Answer[] memory answers) {
        answers = new Answer[](count);
        for (uint256 i = 0; i < count; ++i) answers[i] = answerTo(claimRequest(), false);
    }

    function publish(Answer[] memory answers) internal returns (uint40 batch) {
        vm.prank(WORKER);
        return market.commit(answers);
    }

    function refuseCommit(address caller, Answer[] memory answers, bytes memory expected) internal {
        refuseMarket(caller, abi.encodeCall(market.commit, (answers)), expected);
    }

    function leaves(Answer[] memory answers) internal view returns (bytes32[] memory ids) {
        ids = new bytes32[](answers.length);
        for (uint256 i = 0; i < ids.length; ++i) ids[i] = commitIdOf(answers[i].request, false);
    }

    /// @notice The siblings of a leaf, by the book: sorted pairs, an odd last node carried up.
    function proofOf(
        bytes32[] memory level,
        uint256 index
    ) internal pure returns (bytes32[] memory proof, bytes32 root) {
        while (level.length > 1) {
            uint256 sibling = index ^ 1;
            if (sibling < level.length) {
                bytes32[] memory longer = new bytes32[](proof.length + 1);
                for (uint256 i = 0; i < proof.length; ++i) longer[i] = proof[i];
                longer[proof.length] = level[sibling];
                proof = longer;
            }
            bytes32[] memory up = new bytes32[]((level.length + 1) / 2);
            for (uint256 i = 0; i < up.length; ++i) {
                up[i] = 2 * i + 1 < level.length ? pair(level[2 * i], level[2 * i + 1]) : level[2 * i];
            }
            (level, index) = (up, index / 2);
        }
        root = level[0];
    }

    function pair(bytes32 a, bytes32 b) internal pure returns (bytes32) {
        return a < b ? keccak256(bytes.concat(a, b)) : keccak256(bytes.concat(b, a));
    }

    // commit

    function test_commit_aroundTheDeadline_S07() public {
        Request memory first = claimRequest();
        Request memory second = claimRequest();
        vm.warp(START + 60);
        bytes32 commitId = commit(first, false);
        RequestState memory state = stateOf(first);
        require(state.status == RequestStatus.Committed && state.worker == WORKER, "committed");
        equal(state.deadline, START + 120, "the window starts with publication");
        equal(state.batch, 1, "batch");
        require(market.batchRoot(1) == commitId, "the root of one leaf is the leaf");
        require(market.getCommitment(commitId).status == CommitmentStatus.None, "nothing is recorded");
        vm.warp(START + 61);
        Answer[] memory answers = new Answer[](1);
        answers[0] = answerTo(second, false);
        refuseCommit(WORKER, answers, passed(START + 60));
    }

    /// @notice The commitment binds request, program, roots, passes, worker, version, chain and market.
    function test_commit_idBindsEverything_I20() public {
        (Request memory asked, bytes32 commitId) = commitRequest();
        Terms memory terms = Terms({
            subject: idOf(asked),
            programId: programId,
            inputRoot: asked.inputRoot,
            outputRoot: tileHash(outputOf(false)),
            passes: 1,
            worker: WORKER,
            version: 1
        });
        bytes32 domain = keccak256("assay.commitment");
        require(commitId == keccak256(abi.encode(domain, block.chainid, market, terms)), "preimage");
        (bytes32 shown, Terms memory found) = market.proven(openingOf(asked, leafOf(false)));
        require(shown == commitId && keccak256(abi.encode(found)) == keccak256(abi.encode(terms)), "terms");
    }

    function test_commit_badAnswer_reverts() public {
        Answer[] memory answers = claimed(1);
        answers[0].output = new bytes(15);
        refuseCommit(WORKER, answers, abi.encodeWithSelector(IInferenceMarket.WrongLength.selector, 15, 16));
        answers[0].output = outputOf(false);
        bytes4 passes = IInferenceMarket.WrongPasses.selector;
        answers[0].passes = 0;
        refuseCommit(WORKER, answers, abi.encodeWithSelector(passes, 0, 1));
        answers[0].passes = 2;
        refuseCommit(WORKER, answers, abi.encodeWithSelector(passes, 2, 1));
        answers[0].passes = 1;
        refuseCommit(STRANGER, answers, notAuthorized(STRANGER, WORKER));
        Request memory open = makeRequest();
        answers[0] = answerTo(open, false);
        refuseCommit(WORKER, answers, wrongStatus(open, RequestStatus.Open, RequestStatus.Claimed));
    }

    function test_commit_passesOfMoreThan32Bits_reverts() public {
        Answer[] memory answers = claimed(1);
        bytes memory data = abi.encodeCall(market.commit, (answers));
        data[4 + 32 + 32 + 32 + 12 * 32 + 27] = 0x01; // 2^32 + 1
        refuseMarket(
            WORKER,
            data,
            abi.encodeWithSelector(IInferenceMarket.WrongPasses.selector, uint256(1 << 32) + 1, 1)
        );
    }

    function test_commit_whoMay_I50() public {
        Answer[] memory answers = claimed(2);
        vm.prank(WORKER);
        vault.setKey(KEY, 2);
        refuseCommit(KEY, answers, notAuthorized(KEY, WORKER));
        vm.prank(WORKER);
        vault.setKey(KEY, 1);
        vm.prank(KEY);
        market.commit(answers);
        require(stateOf(answers[1].request).worker == WORKER, "the worker's own");
    }

    function test_commit_sizeOfBatch_I41() public {
        bytes4 selector = IInferenceMarket.InvalidBatch.selector;
        refuseCommit(WORKER, new Answer[](0), abi.encodeWithSelector(selector, 0, 64));
        Answer[] memory answers = claimed(65);
        refuseCommit(WORKER, answers, abi.encodeWithSelector(selector, 65, 64));
        Answer[] memory fewer = new Answer[](64);
        for (uint256 i = 0; i < 64; ++i) fewer[i] = answers[i];
        equal(publish(fewer), 1, "first");
        (, bytes32 root) = proofOf(leaves(fewer), 0);
        require(market.batchRoot(1) == root, "root");
        equal(account(WORKER).locked, 65 * LOCK, "locks");
    }

    function test_commit_oneRequestTwice_reverts() public {
        Answer[] memory answers = claimed(2);
        answers[1] = answers[0];
        refuseCommit(
            WORKER,
            answers,
            wrongStatus(answers[0].request, RequestStatus.Committed, RequestStatus.Claimed)
        );
    }

    /// @notice One batch is of one worker and of one tier: what is announced once must hold for all.
    function test_commit_mixedBatch_reverts() public {
        Answer[] memory answers = claimed(2);
        vm.prank(STRANGER);
        vault.stake(STRANGER, uint96(LOCK));
        Request memory other = makeRequest();
        vm.prank(STRANGER);
        market.claim(other, STRANGER);
        Request memory own = answers[1].request;
        answers[1] = answerTo(other, false);
        refuseCommit(WORKER, answers, notAuthorized(WORKER, STRANGER));
        answers[1] = answerTo(own, false);
        publish(answers);
    }

    function test_commit_twoProgramsInOneBatch_succeeds() public {
        Answer[] memory answers = claimed(3);
        ProgramHeader memory h = header();
        h.outputBytes = 3;
        h.maxPasses = 7;
        vm.prank(PUBLISHER);
        bytes32 second = registry.register(h, 0, 0, 0, "");
        Request memory asked = question();
        asked.programId = second;
        post(asked);
        claim(asked);
        answers[1] = Answer({request: asked, passes: 7, output: "abc"});
        publish(answers);
        (, Terms memory terms) = market.proven(
            openingOf(asked, Leaf({passes: 7, outputRoot: tileHash("abc"), proof: _proof(answers)}))
        );
        require(terms.programId == second && terms.passes == 7, "its own");
    }

    function _proof(Answer[] memory answers) private view returns (bytes32[] memory proof) {
        bytes32[] memory ids = leaves(answers);
        ids[1] = market.commitIdOf(answers[1].request, 7, tileHash("abc"), WORKER);
        (proof, ) = proofOf(ids, 1);
    }

    /// @notice Every leaf of every size is proven by its own path, and by no other's.
    function testFuzz_proven_everyLeaf_S07(uint8 size, uint8 chosen) public {
        uint256 count = 1 + (size % 9);
        Answer[] memory answers = claimed(count);
        publish(answers);
        bytes32[] memory ids = leaves(answers);
        uint256 index = chosen % count;
        Leaf memory leaf = leafOf(false);
        (leaf.proof, ) = proofOf(ids, index);
        (bytes32 commitId, ) = market.proven(openingOf(answers[index].request, leaf));
        require(commitId == ids[index], "proven");
        if (count == 1) return;
        uint256 other = (index + 1) % count;
        bytes memory opening = openingOf(answers[other].request, leaf);
        refuseMarket(
            KEEPER,
            abi.encodeCall(market.proven, (opening)),
            abi.encodeWithSelector(IInferenceMarket.NotInBatch.selector, ids[other], 1)
        );
    }

    function test_proven_wrongLeaf_reverts_S07() public {
        (Request memory asked, ) = commitRequest();
        Leaf memory leaf = leafOf(true);
        bytes4 selector = IInferenceMarket.NotInBatch.selector;
        bytes32 wrong = commitIdOf(asked, true);
        refuseMarket(
            KEEPER,
            abi.encodeCall(market.proven, (openingOf(asked, leaf))),
            abi.encodeWithSelector(selector, wrong, 1)
        );
        asked = claimRequest();
        bytes32 commitId = commitIdOf(asked, false);
        refuseMarket(
            KEEPER,
            abi.encodeCall(market.proven, (openingOf(asked, leafOf(false)))),
            abi.encodeWithSelector(selector, commitId, 0)
        );
    }

    /// @notice Openings that point anywhere prove nothing.
    function testFuzz_proven_garbage_reverts_S07(bytes calldata opening) public view {
        (bool success, ) = address(market).staticcall(abi.encodeCall(market.proven, (opening)));
        require(!success, "something was proven");
    }

    function testFuzz_root_isOpenZeppelins(bytes32[] calldata given, uint256 chosen) public pure {
        vm.assume(given.length > 0);
        uint256 count = given.length < 64 ? given.length : 64;
        bytes32[] memory level = new bytes32[](count);
        uint256 room = BatchLib.newLevel(count);
        for (uint256 i = 0; i < count; ++i) {
            level[i] = given[i];
            BatchLib.setLeaf(room, i, given[i]);
        }
        bytes32 root = BatchLib.root(room, count);
        (bytes32[] memory proof, bytes32 expected) = proofOf(level, chosen % count);
        require(root == expected, "root");
        require(MerkleProof.verify(proof, root, given[chosen % count]), "proof");
    }

    // finalize and collect

    function test_finalize_aroundTheWindow_I29() public {
        (Request memory asked, bytes32 commitId) = commitRequest();
        bytes memory data = abi.encodeCall(market.finalize, (asked));
        require(market.finalityOf(asked, leafOf(false)) == FinalityLevel.Provisional, "provisional");
        vm.warp(START + 60);
        refuseMarket(KEEPER, data, notReached(START + 60));
        vm.warp(START + 61);
        require(market.finalityOf(asked, leafOf(false)) == FinalityLevel.Provisional, "until it is poked");
        vm.prank(KEEPER);
        market.finalize(asked);
        require(market.finalityOf(asked, leafOf(false)) == FinalityLevel.Final, "final");
        require(market.batchRoot(stateOf(asked).batch) == commitId, "commitment");
        equal(credit(WORKER), FEE, "fee");
        equal(account(WORKER).free, STAKE, "lock");
        equal(vault.escrow(address(market)), 0, "escrow");
        refuseMarket(KEEPER, data, wrongStatus(asked, RequestStatus.Finalized, RequestStatus.Committed));
    }

    function test_finalize_withOpenDispute_reverts_I29() public {
        (Request memory asked, bytes32 commitId, ) = openDispute(CHALLENGER);
        vm.warp(START + 61);
        refuseMarket(
            KEEPER,
            abi.encodeCall(market.finalize, (asked)),
            abi.encodeWithSelector(ICommitments.CommitmentHeld.selector, commitId, 1)
        );
    }

    function test_finalize_afterTheLastDispute_I29_I26() public {
        (Request memory asked, bytes32 commitId, bytes32 disputeId) = openDispute(CHALLENGER);
        bindWith(commitId, SLOTS);
        vm.warp(START + 61);
        game.timeout(disputeId); // the challenger's clock
        market.finalize(asked);
        require(market.getCommitment(commitId).status == CommitmentStatus.Finalized, "recorded as final");
        equal(account(WORKER).free, STAKE, "lock");
    }

    function test_finalize_retiredProgram_reverts_S05() public {
        (Request memory asked, ) = commitRequest();
        retire();
        vm.warp(START + 61);
        refuseMarket(KEEPER, abi.encodeCall(market.finalize, (asked)), notActive());
        Request[] memory finished = new Request[](1);
        finished[0] = asked;
        refuseMarket(WORKER, abi.encodeCall(market.collect, (finished, WORKER)), notActive());
        market.refundRetired(asked);
        require(status(asked) == RequestStatus.Refunded, "refunded");
        refuseMarket(
            KEEPER,
            abi.encodeCall(market.finalityOf, (asked, leafOf(false))),
            wrongStatus(asked, RequestStatus.Refunded, RequestStatus.Committed)
        );
    }

    function committed(uint256 count) internal returns (Request[] memory finished) {
        Answer[] memory answers = claimed(count);
        publish(answers);
        finished = new Request[](count);
        for (uint256 i = 0; i < count; ++i) finished[i] = answers[i].request;
    }

    function test_collect_paysAtOnce_I03() public {
        Request[] memory finished = committed(3);
        bytes memory data = abi.encodeCall(market.collect, (finished, KEY));
        vm.warp(START + 60);
        refuseMarket(WORKER, data, notReached(START + 60));
        vm.warp(START + 61);
        vm.prank(WORKER);
        equal(market.collect(finished, KEY), 3 * FEE, "amount");
        equal(token.balanceOf(KEY), 3 * FEE, "paid");
        equal(account(WORKER).free, STAKE, "locks");
        equal(vault.escrow(address(market)), 0, "escrow");
        refuseMarket(
            WORKER,
            data,
            wrongStatus(finished[0], RequestStatus.Finalized, RequestStatus.Committed)
        );
    }

    function test_collect_whoMay_I50() public {
        Request[] memory finished = committed(2);
        vm.warp(START + 61);
        bytes memory toWorker = abi.encodeCall(market.collect, (finished, WORKER));
        bytes memory toKey = abi.encodeCall(market.collect, (finished, KEY));
        refuseMarket(KEY, toWorker, notAuthorized(KEY, WORKER));
        vm.prank(WORKER);
        vault.setKey(KEY, 1);
        refuseMarket(KEY, toKey, notAuthorized(KEY, WORKER)); // an operator takes nothing elsewhere
        refuseMarket(STRANGER, toKey, notAuthorized(STRANGER, WORKER));
        uint256 before = token.balanceOf(WORKER);
        vm.prank(KEY);
        market.collect(finished, WORKER);
        equal(token.balanceOf(WORKER) - before, 2 * FEE, "paid");
    }

    function test_collect_badSet_reverts() public {
        refuseMarket(
            WORKER,
            abi.encodeCall(market.collect, (new Request[](0), WORKER)),
            abi.encodeWithSelector(IInferenceMarket.InvalidBatch.selector, 0, 64)
        );
        Request[] memory finished = committed(2);
        vm.prank(STRANGER);
        vault.stake(STRANGER, uint96(LOCK));
        Request memory other = makeRequest();
        Answer[] memory answers = new Answer[](1);
        answers[0] = answerTo(other, false);
        vm.startPrank(STRANGER);
        market.claim(other, STRANGER);
        market.commit(answers);
        vm.stopPrank();
        vm.warp(START + 61);
        finished[1] = other;
        refuseMarket(
            WORKER,
            abi.encodeCall(market.collect, (finished, WORKER)),
            notAuthorized(WORKER, STRANGER)
        );
        finished[1] = finished[0];
        refuseMarket(
            WORKER,
            abi.encodeCall(market.collect, (finished, WORKER)),
            wrongStatus(finished[0], RequestStatus.Finalized, RequestStatus.Committed)
        );
    }

    function test_collect_withOpenDispute_reverts_I29() public {
        (Request memory asked, bytes32 commitId, ) = openDispute(CHALLENGER);
        vm.warp(START + 61);
        Request[] memory finished = new Request[](1);
        finished[0] = asked;
        refuseMarket(
            WORKER,
            abi.encodeCall(market.collect, (finished, WORKER)),
            abi.encodeWithSelector(ICommitments.CommitmentHeld.selector, commitId, 1)
        );
    }
}
