// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {DType} from "../types/Descriptor.sol";
import {Tensor, TensorLib} from "./TensorLib.sol";

/// @notice Products of two tensors of bytes, summed along one axis of each; and what was summed so far.
struct Dot {
    uint256 products; // Σ a · b of raw bytes
    uint256 aSum;
    uint256 bSum;
    uint256 flip; // laid over the bytes of b: an i8 counts as the byte that is larger by 128
    uint256 count;
    uint256 aStride; // from one summand to the next, in elements
    uint256 bStride;
    Tensor a; // u8
    Tensor b; // u8 or i8
}

/// @title Sums of products of 8-bit numbers, each less a zero point.
library DotLib {
    using TensorLib for Tensor;

    uint256 private constant DIGITS = 0xff0000ff0000ff0000ff0000ff0000ff0000ff0000ff0000ff0000ff;
    uint256 private constant ONES = 0x1000001000001000001000001000001000001000001000001000001;
    uint256 private constant SWAP_8 = 0x00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff;
    uint256 private constant SWAP_16 = 0x0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff;
    uint256 private constant SWAP_32 = 0x00000000ffffffff00000000ffffffff00000000ffffffff00000000ffffffff;
    uint256 private constant SWAP_64 = 0x0000000000000000ffffffffffffffff0000000000000000ffffffffffffffff;
    uint256 private constant SIGNS = 0x8080808080808080808080808080808080808080808080808080808080808080;

    function dot(
        Tensor memory a,
        uint256 aStride,
        Tensor memory b,
        uint256 bStride
    ) internal pure returns (Dot memory made) {
        made.a = a;
        made.b = b;
        made.aStride = aStride;
        made.bStride = bStride;
        if (b.geometry.dtype == DType.I8) made.flip = SIGNS;
    }

    /// @notice Adds `count` products, from the places `a` and `b` in the layouts on.
    function add(Dot memory self, uint256 a, uint256 b, uint256 count) internal pure {
        unchecked {
            // SAFETY: one element reads at most 32,768 products; places in a layout are below 2^34.
            self.count += count;
            while (count > 0) {
                (uint256 aPointer, uint256 run) = self.a.locate(a, self.aStride);
                (uint256 bPointer, uint256 bRun) = self.b.locate(b, self.bStride);
                if (bRun < run) run = bRun;
                if (count < run) run = count;
                _addRun(self, aPointer, bPointer, run);
                a += run * self.aStride;
                b += run * self.bStride;
                count -= run;
            }
        }
    }

    /// @notice Σ (a - aZero) · (b - bZero) over everything added.
    function total(Dot memory self, int256 aZero, int256 bZero) internal pure returns (int256) {
        if (self.flip != 0) bZero += 128;
        int256 zeros = bZero * int256(self.aSum) + aZero * int256(self.bSum);
        return int256(self.products) - zeros + int256(self.count) * aZero * bZero;
    }

    /// @dev `a` and `b` are places in calldata; the run stays within one tile of each.
    function _addRun(Dot memory self, uint256 a, uint256 b, uint256 count) private pure {
        if (self.aStride == 1 && self.bStride == 1) _addContiguous(self, a, a + count, b);
        else _addStrided(self, a, b, count);
    }

    function _addStrided(Dot memory self, uint256 a, uint256 b, uint256 count) private pure {
        assembly ("memory-safe") {
            let flip := mload(add(self, 96))
            let aStride := mload(add(self, 160))
            let bStride := mload(add(self, 192))
            let products := mload(self)
            let aSum := mload(add(self, 32))
            let bSum := mload(add(self, 64))
            for {} count {
                count := sub(count, 1)
            } {
                let x := byte(0, calldataload(a))
                let y := byte(0, xor(calldataload(b), flip))
                products := add(products, mul(x, y))
                aSum := add(aSum, x)
                bSum := add(bSum, y)
                a := add(a, aStride)
                b := add(b, bStride)
            }
            mstore(self, products)
            mstore(add(self, 32), aSum)
            mstore(add(self, 64), bSum)
        }
    }

    /// @dev 30 bytes at a time, of a up to `end`. Every third byte of a word is a digit of a number of base 2^24, ten digits
    /// each. With the bytes of b reversed, digit 9 of the product of two such numbers is the sum of the ten products of
    /// bytes that stood at the same place; no digit can reach 2^24.
    function _addContiguous(Dot memory self, uint256 a, uint256 end, uint256 b) private pure {
        assembly ("memory-safe") {
            for {} lt(a, end) {
                a := add(a, 30)
                b := add(b, 30)
            } {
                let x := calldataload(a)
                let y := xor(calldataload(b), mload(add(self, 96)))
                if lt(sub(end, a), 30) {
                    let keep := not(shr(shl(3, sub(end, a)), not(0)))
                    x := and(x, keep)
                    y := and(y, keep)
                }
                x := shr(16, x)
                y := or(and(shr(8, y), SWAP_8), shl(8, and(y, SWAP_8)))
                y := or(and(shr(16, y), SWAP_16), shl(16, and(y, SWAP_16)))
                y := or(and(shr(32, y), SWAP_32), shl(32, and(y, SWAP_32)))
                y := or(and(shr(64, y), SWAP_64), shl(64, and(y, SWAP_64)))
                y := or(shr(128, y), shl(128, y))

                let sum := mul(and(x, DIGITS), and(shr(16, y), DIGITS))
                sum := add(sum, mul(and(shr(8, x), DIGITS), and(shr(8, y), DIGITS)))
                sum := add(sum, mul(and(shr(16, x), DIGITS), and(y, DIGITS)))
                mstore(self, add(mload(self), and(shr(216, sum), 0xffffff)))
                sum := add(add(and(x, DIGITS), and(shr(8, x), DIGITS)), and(shr(16, x), DIGITS))
                sum := and(shr(216, mul(sum, ONES)), 0xffffff)
                mstore(add(self, 32), add(mload(add(self, 32)), sum))
                sum := add(add(and(y, DIGITS), and(shr(8, y), DIGITS)), and(shr(16, y), DIGITS))
                sum := and(shr(216, mul(sum, ONES)), 0xffffff)
                mstore(add(self, 64), add(mload(add(self, 64)), sum))
            }
        }
    }
}
