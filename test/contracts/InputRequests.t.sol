// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ICommitments} from "../../contracts/interfaces/ICommitments.sol";
import {IInferenceMarket} from "../../contracts/interfaces/IInferenceMarket.sol";
import {IInputRequests} from "../../contracts/interfaces/IInputRequests.sol";
import {IProgramRegistry} from "../../contracts/interfaces/IProgramRegistry.sol";
import {MerkleLib} from "../../contracts/libraries/MerkleLib.sol";
import {PostingLib} from "../../contracts/libraries/PostingLib.sol";
import {CommitmentStatus} from "../../contracts/types/Commitment.sol";
import {InputRequest, InputStatus} from "../../contracts/types/InputRequest.sol";
import {Request, RequestStatus} from "../../contracts/types/Market.sol";
import {ProgramHeader} from "../../contracts/types/Program.sol";
import {IChannels} from "../../contracts/interfaces/IChannels.sol";
import {Receipt} from "../../contracts/types/Receipt.sol";
import {ChunkedInput} from "./support/ChunkedInput.sol";
import {ProtocolTest} from "./support/ProtocolTest.sol";
import {ReceiptsTest} from "./support/Receipts.sol";
import {vm} from "./support/Vm.sol";

/// @notice What the tests of both flows share: requests whose input is kept off the chain.
abstract contract InputTest is ProtocolTest, ChunkedInput {
    bytes32[] internal noPath;

    function refuseInput(address caller, bytes memory data, bytes memory expected) internal {
        refuse(caller, address(inputRequests), data, expected);
    }

    function hidden() internal returns (Request memory asked) {
        asked = question();
        asked.inputPosted = false;
    }

    function bondOf(uint256 size) internal view returns (uint256) {
        return inputRequests.inputBond(1, uint32(size));
    }

    function paidOf(uint256 size) internal view returns (uint256) {
        return (bondOf(size) * 6) / 10;
    }

    function inputStatus(bytes32 id) internal view returns (InputStatus) {
        return inputRequests.getInputRequest(id).status;
    }

    function notAsked(bytes32 id, InputStatus status) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IInputRequests.NotAsked.selector, id, status);
    }

    /// @notice Retires the toy program, whose slot 3 is malformed.
    function retire() internal {
        bytes32[] memory path = descriptorPath(3);
        IProgramRegistry.MalformedProof memory proof = IProgramRegistry.MalformedProof({
            index: 3,
            descriptor: descriptorAt(3),
            path: path,
            operand: 0,
            producer: "",
            producerPath: new bytes32[](0)
        });
        registry.proveMalformed(programId, proof);
    }

    /// @notice A program like the toy one with another input size.
    function programOf(uint32 inputBytes) internal returns (bytes32) {
        ProgramHeader memory other = header();
        other.inputBytes = inputBytes;
        bytes32 root = descriptorsRoot();
        vm.prank(PUBLISHER);
        return registry.register(other, root, 0, 0, "");
    }

    function everybody() internal pure returns (address[] memory people) {
        people = new address[](7);
        (people[0], people[1], people[2], people[3]) = (PUBLISHER, REQUESTER, WORKER, CHALLENGER);
        (people[4], people[5], people[6]) = (FRIEND, KEEPER, STRANGER);
    }
}

/// @notice Before the commitment: a worker that cannot get the input.
contract InputUnavailableTest is InputTest {
    function suspended() internal returns (Request memory asked, bytes32 requestId) {
        asked = hidden();
        post(asked);
        claim(asked);
        vm.prank(WORKER);
        requestId = inputRequests.inputUnavailable(asked);
    }

    function test_inputUnavailable_suspendsTheClaim_S09() public {
        (Request memory asked, bytes32 requestId) = suspended();
        require(requestId == idOf(asked), "id");
        require(stateOf(asked).status == RequestStatus.InputMissing, "suspended");
        InputRequest memory input = inputRequests.getInputRequest(requestId);
        require(input.asker == WORKER && input.source == address(0), "whose");
        require(input.status == InputStatus.Open && input.posted == 0 && input.inputBytes == 8, "open");
        require(input.deadline == START + 30 && input.inputRoot == asked.inputRoot, "what and by when");
        equal(input.bond, bondOf(8), "bond");
        equal(vault.escrow(address(inputRequests)), bondOf(8), "escrow");
        checkSolvency(everybody());
    }

    function test_inputUnavailable_guards_S09() public {
        Request memory asked = hidden();
        post(asked);
        bytes memory data = abi.encodeCall(inputRequests.inputUnavailable, (asked));
        refuseInput(
            WORKER,
            data,
            abi.encodeWithSelector(
                IInferenceMarket.WrongStatus.selector,
                idOf(asked),
                RequestStatus.Open,
                RequestStatus.Claimed
            )
        );
        claim(asked);
        refuseInput(
            REQUESTER,
            data,
            abi.encodeWithSelector(IInferenceMarket.NotAuthorized.selector, REQUESTER, WORKER)
        );
        Request memory posted = claimRequest();
        refuseInput(
            WORKER,
            abi.encodeCall(inputRequests.inputUnavailable, (posted)),
            abi.encodeWithSelector(IInferenceMarket.InputIsPosted.selector, idOf(posted))
        );
    }

    function test_postRequestInput_atTheDeadline_resumes_S09() public {
        (Request memory asked, bytes32 requestId) = suspended();
        vm.warp(START + 30);
        vm.prank(STRANGER);
        inputRequests.postRequestInput(asked, 0, INPUT, noPath);
        require(inputStatus(requestId) == InputStatus.Shown, "shown");
        require(stateOf(asked).status == RequestStatus.Claimed, "resumed");
        equal(stateOf(asked).deadline, START + 50, "time to execute");
        equal(credit(REQUESTER), paidOf(8), "S-13: posting is paid for");
        equal(vault.pendingBurn(), bondOf(8) - paidOf(8), "the rest burns");
        equal(vault.escrow(address(inputRequests)), 0, "nothing left");
        bytes memory again = abi.encodeCall(inputRequests.postRequestInput, (asked, 0, INPUT, noPath));
        refuseInput(STRANGER, again, notAsked(requestId, InputStatus.Shown));
        refuseInput(
            WORKER,
            abi.encodeCall(inputRequests.inputUnavailable, (asked)),
            abi.encodeWithSelector(IInferenceMarket.InputIsPosted.selector, requestId)
        );
        commit(asked, false);
        bytes32 commitId = commitIdOf(asked, false);
        refuseInput(
            CHALLENGER,
            abi.encodeCall(
                inputRequests.requestInput,
                (address(market), commitId, openingOf(asked, leafOf(false)))
            ),
            abi.encodeWithSelector(IInputRequests.InputOnChain.selector, commitId)
        );
    }

    function test_timeoutRequestInput_aroundTheDeadline_S09() public {
        (Request memory asked, bytes32 requestId) = suspended();
        bytes memory data = abi.encodeCall(inputRequests.timeoutRequestInput, (asked));
        vm.warp(START + 30);
        refuseInput(
            KEEPER,
            data,
            abi.encodeWithSelector(IInputRequests.PostingOpen.selector, requestId, START + 30)
        );
        vm.warp(START + 31);
        refuseInput(
            REQUESTER,
            abi.encodeCall(inputRequests.postRequestInput, (asked, 0, INPUT, noPath)),
            abi.encodeWithSelector(IInputRequests.PostingOver.selector, requestId, START + 30)
        );
        vm.prank(KEEPER);
        inputRequests.timeoutRequestInput(asked);
        require(inputStatus(requestId) == InputStatus.Missed, "missed");
        require(stateOf(asked).status == RequestStatus.Expired, "over");
        equal(credit(WORKER), bondOf(8) + FEE / 2, "bond and half the fee");
        equal(vault.pendingBurn(), FEE / 2, "the other half burns");
        equal(account(WORKER).free, STAKE, "the lock is free");
        refuseInput(KEEPER, data, notAsked(requestId, InputStatus.Missed));
        checkSolvency(everybody());
    }

    function test_endedOtherwise_givesTheBondBack_I24() public {
        (Request memory asked, bytes32 requestId) = suspended();
        (Request memory other, ) = suspended();
        retire();
        market.refundRetired(asked);
        market.refundRetired(other);
        vm.prank(KEEPER);
        inputRequests.timeoutRequestInput(asked);
        require(inputStatus(requestId) == InputStatus.Void, "void");
        equal(credit(WORKER), bondOf(8), "one bond");
        vm.prank(STRANGER);
        inputRequests.postRequestInput(other, 0, INPUT, noPath);
        equal(credit(WORKER), 2 * bondOf(8), "and the other");
        equal(account(WORKER).free, STAKE, "locks are free");
        refuseInput(
            KEEPER,
            abi.encodeCall(inputRequests.timeoutRequestInput, (asked)),
            notAsked(requestId, InputStatus.Void)
        );
    }

    function test_claimedRequest_movesByItsOwnCalls() public {
        (, bytes32 requestId) = suspended();
        bytes memory expected = notAsked(requestId, InputStatus.None);
        vm.warp(START + 31);
        refuseInput(KEEPER, abi.encodeCall(inputRequests.timeoutInput, (requestId)), expected);
        refuseInput(KEEPER, abi.encodeCall(inputRequests.postInput, (requestId, 0, INPUT, noPath)), expected);
    }

    function test_nobodyAsked_reverts() public {
        Request memory asked = hidden();
        bytes memory expected = notAsked(idOf(asked), InputStatus.None);
        refuseInput(KEEPER, abi.encodeCall(inputRequests.timeoutRequestInput, (asked)), expected);
        refuseInput(
            KEEPER,
            abi.encodeCall(inputRequests.postRequestInput, (asked, 0, INPUT, noPath)),
            expected
        );
    }
}

/// @notice After the commitment: anyone who wants to check it.
contract RequestInputTest is InputTest {
    function committed() internal returns (Request memory asked, bytes32 commitId) {
        asked = hidden();
        post(asked);
        claim(asked);
        commitId = commit(asked, false);
    }

    function ask(Request memory asked) internal returns (bytes32 commitId) {
        bytes memory opening = openingOf(asked, leafOf(false));
        commitId = commitIdOf(asked, false);
        vm.prank(KEEPER);
        inputRequests.requestInput(address(market), commitId, opening);
    }

    function askCall(Request memory asked) internal view returns (bytes memory) {
        bytes memory opening = openingOf(asked, leafOf(false));
        return
            abi.encodeCall(inputRequests.requestInput, (address(market), commitIdOf(asked, false), opening));
    }

    function test_requestInput_holdsTheCommitment_S09() public {
        (Request memory asked, bytes32 commitId) = committed();
        vm.warp(START + 60);
        ask(asked);
        InputRequest memory input = inputRequests.getInputRequest(commitId);
        require(input.asker == KEEPER && input.source == address(market), "whose");
        require(input.deadline == START + 90 && input.inputRoot == asked.inputRoot, "what and by when");
        equal(market.getCommitment(commitId).holds, 1, "held");
        vm.warp(START + 61);
        refuse(
            WORKER,
            address(market),
            abi.encodeCall(market.finalize, (asked)),
            abi.encodeWithSelector(ICommitments.CommitmentHeld.selector, commitId, 1)
        );
    }

    function test_requestInput_afterTheWindow_reverts_I29() public {
        (Request memory asked, bytes32 commitId) = committed();
        vm.warp(START + 61);
        refuseInput(
            KEEPER,
            askCall(asked),
            abi.encodeWithSelector(ICommitments.WindowClosed.selector, commitId, START + 60)
        );
    }

    function test_requestInput_guards_S09() public {
        (Request memory asked, bytes32 commitId) = committed();
        bytes memory opening = openingOf(asked, leafOf(false));
        refuseInput(
            KEEPER,
            abi.encodeCall(inputRequests.requestInput, (address(game), commitId, opening)),
            abi.encodeWithSelector(IInputRequests.UnknownSource.selector, address(game))
        );
        ask(asked);
        refuseInput(
            FRIEND,
            askCall(asked),
            abi.encodeWithSelector(IInputRequests.AlreadyAsked.selector, commitId, InputStatus.Open)
        );
        inputRequests.postInput(commitId, 0, INPUT, noPath);
        refuseInput(
            FRIEND,
            askCall(asked),
            abi.encodeWithSelector(IInputRequests.AlreadyAsked.selector, commitId, InputStatus.Shown)
        );
        (Request memory posted, ) = commitRequest();
        refuseInput(
            FRIEND,
            askCall(posted),
            abi.encodeWithSelector(IInputRequests.InputOnChain.selector, commitIdOf(posted, false))
        );
    }

    function test_postInput_early_leavesTheWindow_S09() public {
        (Request memory asked, bytes32 commitId) = committed();
        ask(asked);
        vm.warp(START + 10);
        vm.prank(STRANGER);
        inputRequests.postInput(commitId, 0, INPUT, noPath);
        require(inputStatus(commitId) == InputStatus.Shown, "shown");
        equal(market.getCommitment(commitId).challengeUntil, START + 60, "10 + 20 is before the end");
        equal(market.getCommitment(commitId).holds, 0, "released");
        equal(credit(WORKER), paidOf(8), "S-13: the worker's posting is paid for");
        equal(vault.pendingBurn(), bondOf(8) - paidOf(8), "the rest burns");
        vm.warp(START + 61);
        market.finalize(asked);
        equal(vault.escrow(address(inputRequests)), 0, "nothing left");
        checkSolvency(everybody());
    }

    function test_postInput_late_movesTheWindow_S09() public {
        (Request memory asked, bytes32 commitId) = committed();
        vm.warp(START + 50);
        ask(asked);
        vm.warp(START + 80);
        inputRequests.postInput(commitId, 0, INPUT, noPath);
        equal(market.getCommitment(commitId).challengeUntil, START + 100, "80 + 20");
        vm.warp(START + 100);
        refuse(
            WORKER,
            address(market),
            abi.encodeCall(market.finalize, (asked)),
            abi.encodeWithSelector(IInferenceMarket.DeadlineNotReached.selector, START + 100)
        );
        vm.warp(START + 101);
        market.finalize(asked);
        require(stateOf(asked).status == RequestStatus.Finalized, "final");
    }

    function test_postInput_exactlyRecheckBeforeTheEnd_movesNothing_S09() public {
        (Request memory asked, bytes32 commitId) = committed();
        (Request memory other, bytes32 otherId) = committed();
        ask(asked);
        vm.warp(START + 20);
        ask(other);
        vm.warp(START + 30);
        inputRequests.postInput(commitId, 0, INPUT, noPath);
        vm.warp(START + 41);
        inputRequests.postInput(otherId, 0, INPUT, noPath);
        equal(market.getCommitment(commitId).challengeUntil, START + 60, "30 + 20");
        equal(market.getCommitment(otherId).challengeUntil, START + 61, "41 + 20");
    }

    function test_timeoutInput_aroundTheDeadline_S09() public {
        (Request memory asked, bytes32 commitId) = committed();
        ask(asked);
        bytes memory data = abi.encodeCall(inputRequests.timeoutInput, (commitId));
        vm.warp(START + 30);
        bytes memory open = abi.encodeWithSelector(IInputRequests.PostingOpen.selector, commitId, START + 30);
        refuseInput(STRANGER, data, open);
        vm.warp(START + 31);
        refuseInput(
            WORKER,
            abi.encodeCall(inputRequests.postInput, (commitId, 0, INPUT, noPath)),
            abi.encodeWithSelector(IInputRequests.PostingOver.selector, commitId, START + 30)
        );
        vm.prank(STRANGER);
        inputRequests.timeoutInput(commitId);
        require(market.getCommitment(commitId).status == CommitmentStatus.Slashed, "slashed");
        require(market.getCommitment(commitId).reporter == KEEPER, "the one who asked");
        equal(credit(KEEPER), bondOf(8), "the bond at once");
        refuseInput(STRANGER, data, notAsked(commitId, InputStatus.Missed));
        vm.warp(START + 62);
        market.settle(commitId);
        equal(credit(KEEPER), bondOf(8) + 15e18, "the reward");
        equal(vault.escrow(address(game)), 0, "nobody moved: the pot burns");
        equal(vault.escrow(address(inputRequests)), 0, "nothing left");
        checkSolvency(everybody());
    }

    function test_slashedByTheGameMeanwhile_givesTheBondBack_I24() public {
        (Request memory asked, bytes32 commitId) = committed();
        bytes32 disputeId = challenge(asked, false, CHALLENGER);
        ask(asked);
        convict(commitId, disputeId, CHALLENGER, 2);
        require(market.getCommitment(commitId).reporter == CHALLENGER, "by the game");
        vm.prank(STRANGER);
        inputRequests.timeoutInput(commitId);
        require(inputStatus(commitId) == InputStatus.Void, "before its deadline, too");
        equal(credit(KEEPER), bondOf(8), "the bond");
        vm.warp(START + 31);
        market.settle(commitId);
        game.settleDispute(disputeId);
        equal(vault.escrow(address(market)), 0, "slashed once");
        checkSolvency(everybody());
    }

    function test_postedAfterTheEnd_givesTheBondBack_I24() public {
        (Request memory asked, bytes32 commitId) = committed();
        bytes32 disputeId = challenge(asked, false, CHALLENGER);
        ask(asked);
        convict(commitId, disputeId, CHALLENGER, 2);
        inputRequests.postInput(commitId, 0, INPUT, noPath);
        require(inputStatus(commitId) == InputStatus.Void, "void");
        equal(credit(KEEPER), bondOf(8), "the bond");
        equal(credit(WORKER), 0, "nothing for the slashed");
    }

    function test_retiredProgram_slashesNobody_S05() public {
        (Request memory asked, bytes32 commitId) = committed();
        ask(asked);
        retire();
        vm.warp(START + 31);
        inputRequests.timeoutInput(commitId);
        require(inputStatus(commitId) == InputStatus.Void, "void");
        require(market.getCommitment(commitId).status == CommitmentStatus.Refunded, "refunded");
        equal(credit(KEEPER), bondOf(8), "the bond");
        equal(account(WORKER).free, STAKE, "the lock is free");
    }

    function test_requestInput_recordedByADispute_needsNoOpening() public {
        (Request memory asked, bytes32 commitId) = committed();
        challenge(asked, false, CHALLENGER);
        vm.prank(KEEPER);
        inputRequests.requestInput(address(market), commitId, "");
        equal(market.getCommitment(commitId).holds, 2, "both hold");
    }
}

/// @notice Chunks of an input of 33 tiles: two whole ones and a lone last tile.
contract PostInputTest is InputTest {
    uint256 internal constant SIZE = 33 * TILE - 5;

    bytes internal whole;
    bytes32 internal commitId;

    function setUp() public override {
        super.setUp();
        whole = inputOf(SIZE);
        commitId = asking(whole);
    }

    function asking(bytes memory input) internal returns (bytes32) {
        return askingFor(uint32(input.length), treeRoot(input));
    }

    function askingFor(uint32 size, bytes32 root) internal returns (bytes32 id) {
        Request memory asked = hidden();
        asked.programId = programOf(size);
        asked.inputRoot = root;
        post(asked);
        claim(asked);
        id = commit(asked, false);
        bytes memory opening = openingOf(asked, leafOf(false));
        vm.prank(KEEPER);
        inputRequests.requestInput(address(market), id, opening);
    }

    function postChunk(uint256 number) internal {
        inputRequests.postInput(commitId, number, chunkOf(whole, number), chunkPath(whole, number));
    }

    function test_postInput_chunkByChunk_byAnyone_S09() public {
        equal(inputRequests.getInputRequest(commitId).bond, bondOf(SIZE), "covers every chunk");
        postChunk(0);
        equal(inputRequests.getInputRequest(commitId).posted, 1, "one");
        vm.prank(STRANGER);
        postChunk(1);
        require(inputStatus(commitId) == InputStatus.Open, "not yet");
        postChunk(2);
        require(inputStatus(commitId) == InputStatus.Shown, "all three");
        equal(credit(WORKER), paidOf(SIZE), "paid once");
    }

    function test_postInput_severalChunksAtOnce_S09() public {
        postChunk(0);
        bytes32[] memory path = joined(chunkPath(whole, 1), chunkPath(whole, 2));
        inputRequests.postInput(commitId, 1, slice(whole, CHUNK, SIZE), path);
        require(inputStatus(commitId) == InputStatus.Shown, "all three");
    }

    function test_postInput_outOfOrder_reverts_S09() public {
        refuseInput(
            WORKER,
            abi.encodeCall(inputRequests.postInput, (commitId, 1, chunkOf(whole, 1), chunkPath(whole, 1))),
            abi.encodeWithSelector(IInputRequests.UnexpectedChunk.selector, 1, 0)
        );
        postChunk(0);
        refuseInput(
            WORKER,
            abi.encodeCall(inputRequests.postInput, (commitId, 0, chunkOf(whole, 0), chunkPath(whole, 0))),
            abi.encodeWithSelector(IInputRequests.UnexpectedChunk.selector, 0, 1)
        );
    }

    function test_postInput_partOfAChunk_reverts_S09() public {
        bytes32[] memory path = chunkPath(whole, 0);
        uint256[4] memory sizes = [uint256(0), CHUNK - 1, CHUNK + 1, 3 * CHUNK];
        for (uint256 i = 0; i < 4; ++i) {
            refuseInput(
                WORKER,
                abi.encodeCall(inputRequests.postInput, (commitId, 0, new bytes(sizes[i]), path)),
                abi.encodeWithSelector(IInputRequests.WrongChunkLength.selector, sizes[i], SIZE)
            );
        }
    }

    function test_postInput_otherBytes_reverts_S09() public {
        bytes memory chunk = chunkOf(whole, 0);
        chunk[CHUNK - 1] = bytes1(uint8(chunk[CHUNK - 1]) ^ 1);
        bytes memory forged = bytes.concat(chunk, slice(whole, CHUNK, SIZE));
        refuseInput(
            WORKER,
            abi.encodeCall(inputRequests.postInput, (commitId, 0, chunk, chunkPath(whole, 0))),
            abi.encodeWithSelector(IInputRequests.WrongInput.selector, treeRoot(forged), treeRoot(whole))
        );
        refuseInput(
            WORKER,
            abi.encodeCall(inputRequests.postInput, (commitId, 0, chunkOf(whole, 0), noPath)),
            abi.encodeWithSelector(MerkleLib.WrongPathLength.selector, 0, 15)
        );
    }

    function test_postInput_rootOfMoreThanTheInput_isNoInput_S09() public {
        // A root over one tile more than the program takes: its first 33 tiles open, but no input has this root.
        bytes memory longer = bytes.concat(whole, inputOf(5 + TILE));
        bytes memory padded = slice(longer, 0, 33 * TILE);
        bytes32 id = askingFor(uint32(33 * TILE), treeRoot(longer));
        for (uint256 i = 0; i < 2; ++i) {
            inputRequests.postInput(id, i, chunkOf(longer, i), chunkPath(longer, i));
        }
        bytes32[] memory row = siblings(tileLevel(longer), 32);
        bytes32[] memory path = joined(row, chunkPath(longer, 2));
        refuseInput(
            WORKER,
            abi.encodeCall(inputRequests.postInput, (id, 2, slice(padded, 2 * CHUNK, 33 * TILE), path)),
            abi.encodeWithSelector(IInputRequests.RootCoversMore.selector, treeRoot(longer))
        );
    }

    function testFuzz_postInput_anySize_S09(uint256 seed) public {
        uint256 size = 1 + (seed % (18 * TILE));
        bytes memory input = inputOf(size);
        bytes32 id = asking(input);
        uint256 chunks = PostingLib.chunkCount(size);
        for (uint256 i = 0; i < chunks; ++i) {
            require(inputStatus(id) == InputStatus.Open, "open until the last");
            inputRequests.postInput(id, i, chunkOf(input, i), chunkPath(input, i));
        }
        require(inputStatus(id) == InputStatus.Shown, "shown");
    }

    function test_inputBond_coversPosting_S13() public view {
        uint256[5] memory sizes = [uint256(1), TILE, CHUNK, CHUNK + 1, PostingLib.MAX_BYTES];
        for (uint256 i = 0; i < 5; ++i) {
            uint256 gas =
                PostingLib.END_GAS +
                    PostingLib.chunkCount(sizes[i]) * PostingLib.CHUNK_GAS +
                    sizes[i] * PostingLib.BYTE_GAS;
            uint256 bond = bondOf(sizes[i]);
            require((bond * 6) / 10 >= gas * 1e12, "the poster's part pays for every byte");
            require(bond - (bond * 6) / 10 >= (bond * 4) / 10, "and delay is never free");
        }
    }
}

/// @notice Receipts whose worker refused to hand out the input.
contract ReceiptInputTest is ReceiptsTest {
    bytes32[] internal noPath;

    function askCall(Receipt memory issued) internal view returns (bytes memory) {
        bytes memory bare = abi.encode(issued, sign(issued), "");
        return abi.encodeCall(inputRequests.requestInput, (address(channels), commitmentOf(issued), bare));
    }

    function ask(Receipt memory issued) internal returns (bytes32 commitId) {
        bytes memory data = askCall(issued);
        vm.prank(KEEPER);
        (bool success, ) = address(inputRequests).call(data);
        require(success, "asked");
        return commitmentOf(issued);
    }

    function test_requestInput_ofAReceipt_opensItsWindow_S09() public {
        bytes32 commitId = ask(receipt(1, false));
        vm.warp(START + 30);
        vm.prank(WORKER);
        inputRequests.postInput(commitId, 0, INPUT, noPath);
        equal(channels.getCommitment(commitId).challengeUntil, START + 100, "the receipt's own end is later");
        vm.prank(CHALLENGER);
        receiptGame.challenge(commitId, "");
        equal(channels.getCommitment(commitId).holds, 1, "only the dispute is left");
        equal(credit(WORKER), (uint256(inputRequests.inputBond(1, 8)) * 6) / 10, "posting is paid for");
    }

    function test_requestInput_ofAReceipt_silenceSlashesItsLiability_S09() public {
        bytes32 commitId = ask(receipt(1, false));
        vm.warp(START + 31);
        inputRequests.timeoutInput(commitId);
        require(channels.getCommitment(commitId).status == CommitmentStatus.Slashed, "slashed");
        require(channels.getCommitment(commitId).reporter == KEEPER, "the one who asked");
        equal(channels.getCommitment(commitId).lock, LIABILITY, "the liability");
        vm.warp(START + 62);
        channels.settle(commitId);
        uint256 reward = (uint256(LIABILITY) * 15) / 100;
        equal(credit(KEEPER), uint256(inputRequests.inputBond(1, 8)) + reward, "bond and reward");
    }

    function test_requestInput_ofAPrivateReceipt_reverts_S09() public {
        Receipt memory issued = receipt(1, false);
        issued.isPrivate = true;
        bytes32 receiptId = channels.receiptIdOf(issued);
        refuse(
            KEEPER,
            address(inputRequests),
            askCall(issued),
            abi.encodeWithSelector(IChannels.PrivateReceipt.selector, receiptId, payer)
        );
    }

    function test_requestInput_tooLargeToPost_reverts_I20() public {
        ProgramHeader memory other = header();
        other.inputBytes = 4 * 1024 * 1024 + 1;
        bytes32 root = descriptorsRoot();
        vm.prank(PUBLISHER);
        bytes32 large = registry.register(other, root, 0, 0, "");
        Receipt memory issued = receipt(1, false);
        issued.programId = large;
        refuse(
            KEEPER,
            address(inputRequests),
            askCall(issued),
            abi.encodeWithSelector(
                IInputRequests.InputNotPostable.selector,
                other.inputBytes,
                PostingLib.MAX_BYTES
            )
        );
    }
}
