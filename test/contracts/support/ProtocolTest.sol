// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Hashes} from "@openzeppelin/contracts/utils/cryptography/Hashes.sol";

import {
    Answer,
    FinalityLevel,
    Leaf,
    Method,
    Request,
    RequestState
} from "../../../contracts/types/Market.sol";
import {Deployed} from "./Deployed.sol";
import {vm} from "./Vm.sol";

/// @notice What people do in the market and in a dispute, with the toy program.
abstract contract ProtocolTest is Deployed {
    uint64 private _salt;

    // DATA

    /// @notice A question that was not asked before.
    function question() internal returns (Request memory) {
        return questionOf(++_salt);
    }

    function questionOf(uint64 salt) internal view returns (Request memory) {
        return
            Request({
                requester: REQUESTER,
                salt: salt,
                programId: programId,
                inputRoot: inputRootOf(INPUT),
                inputPosted: true,
                fee: FEE,
                version: 1,
                method: Method.Optimistic,
                level: FinalityLevel.Final,
                worker: address(0),
                consumer: address(0),
                callbackGas: 0
            });
    }

    /// @notice An answer to `asked`, true or with a wrong first byte.
    function answerTo(Request memory asked, bool lie) internal pure returns (Answer memory) {
        return Answer({request: asked, passes: 1, output: outputOf(lie)});
    }

    /// @notice The leaf of an answer that is alone in its batch.
    function leafOf(bool lie) internal pure returns (Leaf memory) {
        return Leaf({passes: 1, outputRoot: tileHash(outputOf(lie)), proof: new bytes32[](0)});
    }

    /// @notice The leaf of true answer `index` in a batch of these commitments.
    function leafIn(bytes32[] memory commitIds, uint256 index) internal pure returns (Leaf memory leaf) {
        leaf = leafOf(false);
        for (bytes32[] memory level = commitIds; level.length > 1; index /= 2) {
            bytes32[] memory above = new bytes32[]((level.length + 1) / 2);
            for (uint256 i = 0; i < above.length; ++i) {
                // A node without a sibling is carried up.
                above[i] =
                    2 * i + 1 < level.length
                        ? Hashes.commutativeKeccak256(level[2 * i], level[2 * i + 1])
                        : level[2 * i];
            }
            if ((index ^ 1) < level.length) leaf.proof = with(leaf.proof, level[index ^ 1]);
            level = above;
        }
    }

    function with(bytes32[] memory list, bytes32 last) internal pure returns (bytes32[] memory longer) {
        longer = new bytes32[](list.length + 1);
        for (uint256 i = 0; i < list.length; ++i) longer[i] = list[i];
        longer[list.length] = last;
    }

    /// @notice What the market needs to recognise a commitment.
    function openingOf(Request memory asked, Leaf memory leaf) internal pure returns (bytes memory) {
        return abi.encode(asked, leaf);
    }

    function idOf(Request memory asked) internal view returns (bytes32) {
        return market.requestIdOf(asked);
    }

    function stateOf(Request memory asked) internal view returns (RequestState memory) {
        return market.requestState(idOf(asked));
    }

    function commitIdOf(Request memory asked, bool lie) internal view returns (bytes32) {
        return market.commitIdOf(asked, 1, tileHash(outputOf(lie)), WORKER);
    }

    // VERBS

    function post(Request memory asked) internal {
        vm.prank(asked.requester);
        market.request(asked, asked.inputPosted ? INPUT : bytes(""));
    }

    function claim(Request memory asked) internal {
        vm.prank(WORKER);
        market.claim(asked, WORKER);
    }

    /// @notice Answers one claimed request in a batch of its own.
    function commit(Request memory asked, bool lie) internal returns (bytes32 commitId) {
        Answer[] memory answers = new Answer[](1);
        answers[0] = answerTo(asked, lie);
        vm.prank(WORKER);
        market.commit(answers);
        return commitIdOf(asked, lie);
    }

    function collect(Request memory asked) internal returns (uint256 amount) {
        Request[] memory finished = new Request[](1);
        finished[0] = asked;
        vm.prank(WORKER);
        return market.collect(finished, WORKER);
    }

    function makeRequest() internal returns (Request memory asked) {
        asked = question();
        post(asked);
    }

    function claimRequest() internal returns (Request memory asked) {
        asked = makeRequest();
        claim(asked);
    }

    function commitRequest() internal returns (Request memory asked, bytes32 commitId) {
        asked = claimRequest();
        commitId = commit(asked, false);
    }

    function challenge(
        Request memory asked,
        bool lie,
        address challenger
    ) internal returns (bytes32 disputeId) {
        bytes32 commitId = commitIdOf(asked, lie);
        bytes memory opening = openingOf(asked, leafOf(lie));
        vm.prank(challenger);
        return game.challenge(commitId, opening);
    }

    function openDispute(
        address challenger
    ) internal returns (Request memory asked, bytes32 commitId, bytes32 disputeId) {
        (asked, commitId) = commitRequest();
        disputeId = challenge(asked, false, challenger);
    }

    function bindWith(bytes32 commitId, uint256 lie) internal {
        bytes32[16] memory children = traceWith(lie);
        vm.prank(WORKER);
        game.bindTrace(commitId, children);
    }

    function chooseSlot(bytes32 disputeId, address challenger, uint256 slot, uint256 lie) internal {
        bytes32[16] memory children = traceWith(lie);
        bytes32 root = nodeHash(children);
        vm.prank(challenger);
        game.choose(disputeId, root, children, uint8(slot));
    }

    function revealSlot(bytes32 commitId, uint256 slot, uint256 lie) internal {
        bytes memory tile = tileOf(slot, slot == lie);
        vm.prank(WORKER);
        game.revealTile(commitId, tile);
    }

    function proveSlot(bytes32 disputeId, address challenger, uint256 slot, uint256 lie) internal {
        bytes memory tile = tileOf(slot, slot == lie);
        bytes32 node = tileHash(tile);
        vm.prank(challenger);
        game.proveStep(disputeId, node, stepProof(tile));
    }

    /// @notice Plays a dispute to the slash: binds and shows a trace with a lie in `slot`, which the challenger proves.
    function convict(bytes32 commitId, bytes32 disputeId, address challenger, uint256 slot) internal {
        bindWith(commitId, slot);
        chooseSlot(disputeId, challenger, slot, slot);
        revealSlot(commitId, slot, slot);
        proveSlot(disputeId, challenger, slot, slot);
    }
}
