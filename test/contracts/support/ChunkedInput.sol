// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice The tree of an input and the paths of its chunks, built level by level.
abstract contract ChunkedInput {
    uint256 internal constant TILE = 1024;
    uint256 internal constant CHUNK = 16 * TILE;

    /// @notice Bytes that differ from tile to tile.
    function inputOf(uint256 size) internal pure returns (bytes memory input) {
        input = new bytes(size);
        for (uint256 i = 0; i < size; i += 97) input[i] = bytes1(uint8(i / 97 + 1));
    }

    function slice(bytes memory data, uint256 from, uint256 to) internal pure returns (bytes memory part) {
        part = new bytes(to - from);
        for (uint256 i = from; i < to; ++i) part[i - from] = data[i];
    }

    function chunkOf(bytes memory input, uint256 number) internal pure returns (bytes memory) {
        uint256 end = (number + 1) * CHUNK;
        return slice(input, number * CHUNK, end < input.length ? end : input.length);
    }

    function treeRoot(bytes memory input) internal pure returns (bytes32) {
        bytes32[] memory level = tileLevel(input);
        while (level.length > 1) level = above(level);
        return level[0];
    }

    /// @notice The siblings of a chunk from its own root up.
    function chunkPath(bytes memory input, uint256 number) internal pure returns (bytes32[] memory path) {
        bytes32[] memory level = tileLevel(input);
        uint256 index = number * 16;
        // A lone last tile is a leaf; every other chunk is a node of the level above.
        if (level.length > 1 && index + 1 < level.length) (level, index) = (above(level), number);
        while (level.length > 1) {
            path = joined(path, siblings(level, index));
            (level, index) = (above(level), index / 16);
        }
    }

    function joined(bytes32[] memory a, bytes32[] memory b) internal pure returns (bytes32[] memory both) {
        both = new bytes32[](a.length + b.length);
        for (uint256 i = 0; i < a.length; ++i) both[i] = a[i];
        for (uint256 i = 0; i < b.length; ++i) both[a.length + i] = b[i];
    }

    function tileLevel(bytes memory input) internal pure returns (bytes32[] memory level) {
        level = new bytes32[]((input.length + TILE - 1) / TILE);
        for (uint256 i = 0; i < level.length; ++i) {
            uint256 end = (i + 1) * TILE < input.length ? (i + 1) * TILE : input.length;
            level[i] = sha256(abi.encodePacked(uint8(0), slice(input, i * TILE, end)));
        }
    }

    function above(bytes32[] memory level) internal pure returns (bytes32[] memory next) {
        next = new bytes32[]((level.length + 15) / 16);
        for (uint256 i = 0; i < next.length; ++i) {
            bytes32[16] memory children;
            for (uint256 j = 0; j < 16 && 16 * i + j < level.length; ++j) children[j] = level[16 * i + j];
            next[i] = sha256(abi.encodePacked(uint8(1), children));
        }
    }

    function siblings(bytes32[] memory level, uint256 index) internal pure returns (bytes32[] memory row) {
        row = new bytes32[](15);
        uint256 start = (index / 16) * 16;
        uint256 next = 0;
        for (uint256 i = start; i < start + 16; ++i) {
            if (i != index) row[next++] = i < level.length ? level[i] : bytes32(0);
        }
    }
}
