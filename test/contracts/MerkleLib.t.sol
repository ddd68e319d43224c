// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {MerkleHarness} from "../../contracts/mocks/MerkleHarness.sol";
import {MerkleLib} from "../../contracts/libraries/MerkleLib.sol";

/// @notice Compares the assembly of MerkleLib with the definition, written the slow way.
contract MerkleLibTest {
    MerkleHarness private _merkle;

    function setUp() public {
        _merkle = new MerkleHarness();
    }

    function testFuzz_tileHash_anyBytes_succeeds(bytes calldata data) public view {
        require(_merkle.tileHash(data) == sha256(abi.encodePacked(uint8(0), data)), "tile");
        require(_merkle.descriptorHash(data) == sha256(abi.encodePacked(uint8(2), data)), "descriptor");
    }

    function testFuzz_nodeHash_anyChildren_succeeds(bytes32[16] calldata children) public view {
        require(_merkle.nodeHash(children) == _nodeHash(children), "node");
    }

    function testFuzz_byteRoot_anyLength_succeeds(uint256 seed, uint16 length) public view {
        bytes memory data = _bytes(seed, length % 40_000);
        require(_merkle.byteRoot(data) == _root(_leaves(data)), "root");
    }

    function test_byteRoot_boundaries_succeeds() public view {
        uint256[9] memory lengths = [uint256(0), 1, 1023, 1024, 1025, 16_384, 16_385, 262_144, 262_145];
        for (uint256 i = 0; i < lengths.length; i++) {
            bytes memory data = _bytes(i, lengths[i]);
            require(_merkle.byteRoot(data) == _root(_leaves(data)), "root");
        }
        require(_merkle.byteRoot("") == MerkleLib.EMPTY, "empty");
    }

    function test_treeDepth_boundaries_succeeds() public view {
        require(_merkle.treeDepth(0) == 0 && _merkle.treeDepth(1) == 0, "none");
        for (uint256 depth = 1; depth < 9; depth++) {
            require(_merkle.treeDepth(16 ** depth) == depth, "full");
            require(_merkle.treeDepth(16 ** depth + 1) == depth + 1, "one more");
            require(_merkle.treeDepth(16 ** (depth - 1) + 1) == depth, "least");
        }
        require(_merkle.traceDepth(1, 1) == 1 && _merkle.traceDepth(16, 1) == 1, "one level");
        require(_merkle.traceDepth(17, 1) == 2 && _merkle.traceDepth(5, 100) == 3, "levels");
    }

    function testFuzz_rootFromPath_everyLeaf_succeeds(uint256 seed, uint16 size, uint16 choice) public view {
        uint256 leaves = (uint256(size) % 300) + 1;
        uint256 index = uint256(choice) % leaves;
        bytes32[] memory leaf = _leaves(_bytes(seed, leaves * 1024 - (seed % 1024)));
        uint256 depth = _merkle.treeDepth(leaves);
        require(_merkle.rootFromPath(leaf[index], index, depth, _path(leaf, index)) == _root(leaf), "path");
    }

    function testFuzz_rootFromPath_damaged_differs(uint256 seed, uint16 size, uint16 choice) public view {
        uint256 leaves = (uint256(size) % 300) + 2;
        uint256 index = uint256(choice) % leaves;
        bytes32[] memory leaf = _leaves(_bytes(seed, leaves * 1024));
        bytes32[] memory path = _path(leaf, index);
        uint256 depth = _merkle.treeDepth(leaves);
        bytes32 root = _root(leaf);
        require(_merkle.rootFromPath(~leaf[index], index, depth, path) != root, "leaf");
        require(_merkle.rootFromPath(leaf[index], index ^ 1, depth, path) != root, "index");
        path[seed % path.length] ^= bytes32(uint256(1) << (seed % 256));
        require(_merkle.rootFromPath(leaf[index], index, depth, path) != root, "sibling");
    }

    function test_rootFromPath_wrongLength_reverts() public view {
        _expectRevert(
            0,
            1,
            new bytes32[](14),
            abi.encodeWithSelector(MerkleLib.WrongPathLength.selector, 14, 15)
        );
        _expectRevert(
            0,
            0,
            new bytes32[](15),
            abi.encodeWithSelector(MerkleLib.WrongPathLength.selector, 15, 0)
        );
    }

    function test_rootFromPath_leafOutOfTree_reverts() public view {
        _expectRevert(
            16,
            1,
            new bytes32[](15),
            abi.encodeWithSelector(MerkleLib.LeafOutOfTree.selector, 16, 1)
        );
        _expectRevert(1, 0, new bytes32[](0), abi.encodeWithSelector(MerkleLib.LeafOutOfTree.selector, 1, 0));
    }

    /// A hash that runs out of gas must not pass for one that was computed.
    function testFuzz_byteRoot_littleGas_revertsOrSucceeds(uint32 gasLimit) public view {
        bytes memory data = _bytes(1, 5000);
        try _merkle.byteRoot{gas: 3000 + (uint256(gasLimit) % 20_000)}(data) returns (bytes32 root) {
            require(root == _root(_leaves(data)), "root");
        } catch {}
    }

    function _expectRevert(
        uint256 index,
        uint256 depth,
        bytes32[] memory path,
        bytes memory reason
    ) private view {
        try _merkle.rootFromPath(bytes32(0), index, depth, path) {
            revert("accepted");
        } catch (bytes memory given) {
            require(keccak256(given) == keccak256(reason), "reason");
        }
    }

    function _nodeHash(bytes32[16] memory children) private pure returns (bytes32) {
        return sha256(abi.encodePacked(uint8(1), children));
    }

    function _leaves(bytes memory data) private pure returns (bytes32[] memory leaf) {
        leaf = new bytes32[]((data.length + 1023) / 1024);
        for (uint256 i = 0; i < leaf.length; i++) {
            uint256 size = data.length - i * 1024 < 1024 ? data.length - i * 1024 : 1024;
            bytes memory tile = new bytes(size);
            assembly {
                mcopy(add(tile, 32), add(add(data, 32), mul(i, 1024)), size)
            }
            leaf[i] = sha256(abi.encodePacked(uint8(0), tile));
        }
    }

    function _parents(bytes32[] memory level) private pure returns (bytes32[] memory parent) {
        parent = new bytes32[]((level.length + 15) / 16);
        for (uint256 i = 0; i < parent.length; i++) {
            bytes32[16] memory children;
            for (uint256 j = 0; j < 16 && 16 * i + j < level.length; j++) children[j] = level[16 * i + j];
            parent[i] = _nodeHash(children);
        }
    }

    function _root(bytes32[] memory level) private pure returns (bytes32) {
        if (level.length == 0) return bytes32(0);
        while (level.length > 1) level = _parents(level);
        return level[0];
    }

    function _path(bytes32[] memory level, uint256 index) private pure returns (bytes32[] memory path) {
        path = new bytes32[](0);
        for (; level.length > 1; (level, index) = (_parents(level), index / 16)) {
            bytes32[] memory longer = new bytes32[](path.length + 15);
            for (uint256 i = 0; i < path.length; i++) longer[i] = path[i];
            uint256 to = path.length;
            for (uint256 i = index & ~uint256(15); i < (index | 15) + 1; i++) {
                if (i != index) longer[to++] = i < level.length ? level[i] : bytes32(0);
            }
            path = longer;
        }
    }

    function _bytes(uint256 seed, uint256 length) private pure returns (bytes memory data) {
        data = new bytes(length);
        for (uint256 i = 0; i < length; i += 32) {
            bytes32 word = keccak256(abi.encode(seed, i));
            assembly {
                mstore(add(add(data, 32), i), word)
            }
        }
    }
}
