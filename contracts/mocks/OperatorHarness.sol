// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ElementJudge} from "../judges/ElementJudge.sol";
import {Judge} from "../judges/Judge.sol";
import {MovementJudge} from "../judges/MovementJudge.sol";
import {SumJudge} from "../judges/SumJudge.sol";
import {DescriptorLib} from "../libraries/DescriptorLib.sol";
import {GeometryLib} from "../libraries/GeometryLib.sol";
import {Tensor, TensorLib} from "../libraries/TensorLib.sol";
import {Descriptor} from "../types/Descriptor.sol";
import {Pass} from "../types/Trace.sol";

/// @notice Asks a judge for many elements in one call: of whole tensors, without openings.
abstract contract OperatorHarness is Judge {
    struct Case {
        bytes descriptor;
        bytes[] operands; // each tensor's bytes in layout order
        uint256 count; // of asked elements
        uint256 every; // distance of one asked element from the last in layout order, past the end from the start on
        Pass pass;
    }

    function elements(Case[] calldata cases) external pure returns (int256[][] memory values) {
        values = new int256[][](cases.length);
        for (uint256 i = 0; i < cases.length; ++i) values[i] = _elements(cases[i]);
    }

    /// @dev Frees what each element needed: a call for thousands of them would pay for memory above all.
    function _elements(Case calldata step) private pure returns (int256[] memory values) {
        Descriptor memory descriptor = DescriptorLib.parse(step.descriptor);
        values = new int256[](step.count);
        Tensor[] memory operands = new Tensor[](descriptor.operands.length);
        for (uint256 i = 0; i < operands.length; ++i) {
            operands[i] = TensorLib.tensor(descriptor.operands[i].geometry, i);
            operands[i].tiles = _tiles(step.operands[i]);
        }
        uint256 kept = _freeMemory();
        for (uint256 i = 0; i < values.length; ++i) {
            uint256[] memory index = GeometryLib.indices(
                descriptor.out,
                (i * step.every) % descriptor.out.elements
            );
            int256 value = _element(descriptor, operands, index, step.pass);
            values[i] = TensorLib.wrap(value, descriptor.out.dtype);
            _freeTo(kept);
        }
    }

    function _freeMemory() private pure returns (uint256 pointer) {
        assembly ("memory-safe") {
            pointer := mload(0x40)
        }
    }

    function _freeTo(uint256 pointer) private pure {
        assembly ("memory-safe") {
            mstore(0x40, pointer)
        }
    }

    function _tiles(bytes calldata data) private pure returns (uint256[] memory tiles) {
        tiles = new uint256[](GeometryLib.tileCount(data.length));
        for (uint256 i = 0; i < tiles.length; ++i) {
            uint256 pointer;
            assembly ("memory-safe") {
                pointer := add(data.offset, shl(10, i))
            }
            tiles[i] = (i << 64) | pointer;
        }
    }
}

contract SumHarness is SumJudge, OperatorHarness {}

contract ElementHarness is ElementJudge, OperatorHarness {}

contract MovementHarness is MovementJudge, OperatorHarness {}
