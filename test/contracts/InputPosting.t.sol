// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IInputRequests} from "../../contracts/interfaces/IInputRequests.sol";
import {MerkleLib} from "../../contracts/libraries/MerkleLib.sol";
import {PostingLib} from "../../contracts/libraries/PostingLib.sol";
import {InputStatus} from "../../contracts/types/InputRequest.sol";
import {Request} from "../../contracts/types/Market.sol";
import {ChunkedInput} from "./support/ChunkedInput.sol";
import {InputTest} from "./support/InputTest.sol";
import {vm} from "./support/Vm.sol";

/// @notice Chunks of an input of 33 tiles: two whole ones and a lone last tile.
contract InputPostingTest is InputTest, ChunkedInput {
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
