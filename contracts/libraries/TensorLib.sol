// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IStepVerifier} from "../interfaces/IStepVerifier.sol";
import {Geometry} from "../types/Descriptor.sol";
import {BroadcastLib} from "./BroadcastLib.sol";
import {GeometryLib} from "./GeometryLib.sol";
import {Form, TypeLib} from "./TypeLib.sol";

/// @notice What is open of one operand: tiles that stay in calldata.
struct Tensor {
    Geometry geometry;
    uint256 width; // of an element, in bytes
    uint256 operand; // its number, for errors
    uint256 offset; // of its first byte in the tiles' tree; zero unless it is an input
    uint256[] tiles; // tile number << 64 | place of its bytes in calldata
    uint256 hit; // which of `tiles` served last, and its entry
    uint256 entry;
}

/// @title Reads elements of opened tensors.
library TensorLib {
    uint256 private constant NO_ENTRY = type(uint256).max;

    /// @notice A tensor without tiles yet.
    function tensor(Geometry memory geometry, uint256 operand) internal pure returns (Tensor memory made) {
        made.geometry = geometry;
        made.width = GeometryLib.width(geometry.dtype);
        made.operand = operand;
        made.entry = NO_ENTRY;
    }

    /// @notice Where in calldata the bytes of an element lie, by its place in the layout.
    /// @return pointer That place in calldata.
    /// @return count How many elements, this one and others each `stride` further, lie in the same tile.
    function locate(
        Tensor memory self,
        uint256 position,
        uint256 stride
    ) internal pure returns (uint256 pointer, uint256 count) {
        unchecked {
            // SAFETY: a tensor has at most 2^34 bytes, offsets are below 2^32, pointers below 2^64.
            uint256 offset = self.offset + position * self.width;
            uint256 entry = self.entry;
            if (entry >> 64 != offset >> 10) entry = _find(self, offset >> 10);
            offset &= 1023;
            pointer = uint64(entry) + offset;
            count = (1023 - offset) / (stride * self.width) + 1;
        }
    }

    /// @notice The largest of `count` elements that lie `stride` apart, and the number of the first that is as large.
    function largest(
        Tensor memory self,
        uint256 position,
        uint256 stride,
        uint256 count
    ) internal pure returns (int256 value, uint256 first) {
        value = type(int256).min;
        Form memory form = TypeLib.form(self.geometry.dtype);
        unchecked {
            // SAFETY: places in a layout and in calldata are far below 2^255.
            for (uint256 i = 0; i < count;) {
                (uint256 pointer, uint256 run) = locate(self, position + i * stride, stride);
                if (count - i < run) run = count - i;
                (int256 most, uint256 place) = _largestOf(pointer, stride * form.width, run, form);
                if (most > value) (value, first) = (most, i + place);
                i += run;
            }
        }
    }

    /// @notice The sum of `count` elements that lie `stride` apart.
    function sum(
        Tensor memory self,
        uint256 position,
        uint256 stride,
        uint256 count
    ) internal pure returns (int256 total) {
        Form memory form = TypeLib.form(self.geometry.dtype);
        unchecked {
            // SAFETY: 2^15 numbers of 64 bits; places in a layout and in calldata are far below 2^255.
            while (count > 0) {
                (uint256 pointer, uint256 run) = locate(self, position, stride);
                if (count < run) run = count;
                total += _sumOf(pointer, stride * form.width, run, form);
                position += run * stride;
                count -= run;
            }
        }
    }

    /// @notice Which of `count` elements that lie `stride` apart is the last one equal to `sought`: its number and one, or
    /// zero. Those before it are not read.
    function lastOf(
        Tensor memory self,
        uint256 position,
        uint256 stride,
        uint256 count,
        int256 sought
    ) internal pure returns (uint256 found) {
        Form memory form = TypeLib.form(self.geometry.dtype);
        unchecked {
            // SAFETY: places in a layout and in calldata are far below 2^255.
            uint256 step = stride * form.width;
            while (count > 0) {
                uint256 last = position + (count - 1) * stride;
                (uint256 pointer, ) = locate(self, last, stride);
                uint256 run = ((self.offset + last * form.width) & 1023) / step + 1;
                if (count < run) run = count;
                found = _lastOf(pointer, step, run, form, sought);
                count -= run;
                if (found > 0) return count + found;
            }
        }
    }

    function elementAt(Tensor memory self, uint256 position) internal pure returns (int256) {
        (uint256 pointer, ) = locate(self, position, 1);
        return decode(pointer, self.geometry.dtype);
    }

    /// @notice The element that an output's logical indices lead to.
    function broadcastAt(Tensor memory self, uint256[] memory index) internal pure returns (int256) {
        return elementAt(self, BroadcastLib.place(self.geometry, index, 0));
    }

    /// @notice The little-endian element at a place in calldata.
    function decode(uint256 pointer, uint256 dtype) internal pure returns (int256) {
        return _sumOf(pointer, 0, 1, TypeLib.form(dtype));
    }

    /// @notice The number of type `dtype` that is left of `value` in two's complement.
    function wrap(int256 value, uint256 dtype) internal pure returns (int256 wrapped) {
        Form memory form = TypeLib.form(dtype);
        assembly ("memory-safe") {
            wrapped := and(signextend(mload(add(form, 32)), value), mload(add(form, 64)))
        }
    }

    /// @notice Whether `value` is a number of type `dtype`.
    function holds(uint256 dtype, int256 value) internal pure returns (bool) {
        return wrap(value, dtype) == value;
    }

    /// @dev Of `count` elements that lie `step` bytes apart in calldata.
    function _largestOf(
        uint256 pointer,
        uint256 step,
        uint256 count,
        Form memory form
    ) private pure returns (int256 value, uint256 place) {
        value = type(int256).min;
        assembly ("memory-safe") {
            let top := mload(add(form, 32))
            let mask := mload(add(form, 64))
            let wide := gt(mload(form), 1)
            for {
                let i := 0
            } lt(i, count) {
                i := add(i, 1)
            } {
                let word := calldataload(pointer)
                // Bytes turned around, so that the element is the lowest part.
                switch wide
                case 0 {
                    word := byte(0, word)
                }
                default {
                    word := shr(192, word)
                    word := or(and(shr(8, word), 0xff00ff00ff00ff), shl(8, and(word, 0xff00ff00ff00ff)))
                    word := or(and(shr(16, word), 0xffff0000ffff), shl(16, and(word, 0xffff0000ffff)))
                    word := or(shr(32, word), shl(32, and(word, 0xffffffff)))
                }
                word := and(signextend(top, word), mask)
                if sgt(word, value) {
                    value := word
                    place := i
                }
                pointer := add(pointer, step)
            }
        }
    }

    /// @dev Of `count` elements that lie `step` bytes apart in calldata, the last of them at `pointer`.
    function _lastOf(
        uint256 pointer,
        uint256 step,
        uint256 count,
        Form memory form,
        int256 sought
    ) private pure returns (uint256 found) {
        assembly ("memory-safe") {
            let top := mload(add(form, 32))
            let mask := mload(add(form, 64))
            for {} count {
                count := sub(count, 1)
            } {
                let word := shr(192, calldataload(pointer))
                // Bytes turned around, so that the element is the lowest part.
                word := or(and(shr(8, word), 0xff00ff00ff00ff), shl(8, and(word, 0xff00ff00ff00ff)))
                word := or(and(shr(16, word), 0xffff0000ffff), shl(16, and(word, 0xffff0000ffff)))
                word := or(shr(32, word), shl(32, and(word, 0xffffffff)))
                if eq(and(signextend(top, word), mask), sought) {
                    found := count
                    break
                }
                pointer := sub(pointer, step)
            }
        }
    }

    /// @dev Of `count` elements that lie `step` bytes apart in calldata.
    function _sumOf(
        uint256 pointer,
        uint256 step,
        uint256 count,
        Form memory form
    ) private pure returns (int256 total) {
        assembly ("memory-safe") {
            let top := mload(add(form, 32))
            let mask := mload(add(form, 64))
            for {} count {
                count := sub(count, 1)
            } {
                let word := shr(192, calldataload(pointer))
                // Bytes turned around, so that the element is the lowest part.
                word := or(and(shr(8, word), 0xff00ff00ff00ff), shl(8, and(word, 0xff00ff00ff00ff)))
                word := or(and(shr(16, word), 0xffff0000ffff), shl(16, and(word, 0xffff0000ffff)))
                word := or(shr(32, word), shl(32, and(word, 0xffffffff)))
                total := add(total, and(signextend(top, word), mask))
                pointer := add(pointer, step)
            }
        }
    }

    /// @dev Tiles are mostly read in the order in which they are opened: the search goes on from the last one.
    function _find(Tensor memory self, uint256 tile) private pure returns (uint256 entry) {
        unchecked {
            uint256[] memory tiles = self.tiles;
            uint256 hit = self.hit;
            for (uint256 tried = 0; ; ++tried) {
                require(tried < tiles.length, IStepVerifier.MissingTile(self.operand, tile));
                entry = tiles[hit];
                if (entry >> 64 == tile) break;
                if (++hit == tiles.length) hit = 0;
            }
            self.hit = hit;
            self.entry = entry;
        }
    }
}
