// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IProgramRegistry} from "../../contracts/interfaces/IProgramRegistry.sol";
import {IStepVerifier} from "../../contracts/interfaces/IStepVerifier.sol";
import {MerkleLib} from "../../contracts/libraries/MerkleLib.sol";
import {Program, ProgramHeader, ProgramStatus} from "../../contracts/types/Program.sol";
import {Claim} from "../../contracts/types/Trace.sol";
import {Base} from "./support/Base.sol";
import {vm} from "./support/Vm.sol";

contract ProgramRegistryTest is Base {
    uint256 internal constant BOND = 50e18;

    function proof(uint32 index) internal pure returns (IProgramRegistry.MalformedProof memory made) {
        made.index = index;
        made.descriptor = descriptorAt(index);
        made.path = descriptorPath(index);
    }

    /// @notice Evidence about slot `index` and its operand, slot 0.
    function operandProof(uint32 index) internal pure returns (IProgramRegistry.MalformedProof memory made) {
        made = proof(index);
        made.producer = descriptorAt(0);
        made.producerPath = descriptorPath(0);
    }

    // register

    function test_register_first_takesTheBond_S05() public view {
        Program memory p = registry.program(programId);
        require(p.status == ProgramStatus.Active && registry.isActive(programId), "active");
        require(p.publisher == PUBLISHER && p.registeredAt == START, "publisher");
        require(p.descriptorsRoot == descriptorsRoot(), "roots");
        equal(p.bond, BOND, "bond");
        equal(vault.escrow(address(registry)), BOND, "escrow");
        equal(token.balanceOf(PUBLISHER), WEALTH - BOND, "paid");
        equal(p.header.slots, SLOTS, "header");
        (uint8 traceDepth, uint8 tensorDepth) = registry.depths(programId);
        require(traceDepth == 1 && tensorDepth == 0, "depths");
    }

    function test_register_again_changesNothing_S05() public {
        bytes32 before = keccak256(abi.encode(registry.program(programId)));
        bytes32 root = descriptorsRoot();
        vm.warp(START + 100);
        vm.prank(STRANGER);
        bytes32 again = registry.register(header(), root, 0, 0, "elsewhere");
        require(again == programId, "same id");
        require(keccak256(abi.encode(registry.program(programId))) == before, "same entry");
        equal(token.balanceOf(STRANGER), WEALTH, "nothing paid");

        registry.proveMalformed(programId, proof(3));
        vm.prank(STRANGER);
        registry.register(header(), root, 0, 0, "");
        require(!registry.isActive(programId), "stays retired");
    }

    function test_register_everyFieldCounts_S05() public {
        bytes32 root = descriptorsRoot();
        ProgramHeader memory other = header();
        other.inputBytes = 9;
        vm.startPrank(STRANGER);
        bytes32[4] memory ids = [
            registry.register(other, root, 0, 0, ""),
            registry.register(header(), bytes32(uint256(1)), 0, 0, ""),
            registry.register(header(), root, bytes32(uint256(1)), 0, ""),
            registry.register(header(), root, 0, bytes32(uint256(1)), "")
        ];
        vm.stopPrank();
        for (uint256 i = 0; i < 4; ++i) {
            require(ids[i] != programId, "first");
            for (uint256 j = 0; j < i; ++j) require(ids[i] != ids[j], "pair");
        }
    }

    function invalid(ProgramHeader memory h, bytes32 field, uint256 given, uint256 bound) internal {
        vm.expectRevert(abi.encodeWithSelector(IProgramRegistry.InvalidHeader.selector, field, given, bound));
        registry.register(h, 0, 0, 0, "");
    }

    function test_register_invalidHeader_reverts() public {
        ProgramHeader memory h = header();
        h.operatorSet = 2;
        invalid(h, "operatorSet", 2, 1);
        h.operatorSet = 0;
        invalid(h, "operatorSet", 0, 1);
        h = header();
        h.slots = 0;
        invalid(h, "slots", 0, 1);
        h = header();
        h.maxPasses = 0;
        invalid(h, "maxPasses", 0, 1);
        h.maxPasses = 65_537;
        invalid(h, "maxPasses", 65_537, 65_536);
        h = header();
        h.outputBytes = 0;
        invalid(h, "outputBytes", 0, 1);
        h = header();
        h.outputBytes = 1025;
        invalid(h, "tensorDepth", 0, 1);
        h.tensorDepth = 7;
        invalid(h, "tensorDepth", 7, 6);
    }

    // proveMalformed

    function test_proveMalformed_brokenRule_retires_S05() public {
        IProgramRegistry.MalformedProof memory p = proof(3);
        vm.prank(STRANGER);
        registry.proveMalformed(programId, p);
        Program memory after_ = registry.program(programId);
        require(after_.status == ProgramStatus.Retired && !registry.isActive(programId), "retired");
        equal(after_.bond, 0, "bond");
        equal(account(STRANGER).credit, BOND / 2, "prover");
        equal(vault.pendingBurn(), BOND / 2, "burned");
        equal(vault.escrow(address(registry)), 0, "escrow");
    }

    function test_proveMalformed_operandDisagrees_retires_S05() public {
        registry.proveMalformed(programId, operandProof(5));
        require(!registry.isActive(programId), "retired");
    }

    function prove(IProgramRegistry.MalformedProof memory p) internal view returns (bytes memory) {
        return abi.encodeCall(registry.proveMalformed, (programId, p));
    }

    function test_proveMalformed_wellFormed_reverts_S05() public {
        bytes4 selector = IProgramRegistry.DescriptorWellFormed.selector;
        bytes memory expected = abi.encodeWithSelector(selector, programId, 4);
        refuse(STRANGER, address(registry), prove(proof(4)), expected);
        expected = abi.encodeWithSelector(selector, programId, 6);
        refuse(STRANGER, address(registry), prove(operandProof(6)), expected);
    }

    function test_proveMalformed_twice_reverts() public {
        registry.proveMalformed(programId, proof(3));
        bytes4 selector = IProgramRegistry.ProgramNotActive.selector;
        bytes memory expected = abi.encodeWithSelector(selector, programId);
        refuse(STRANGER, address(registry), prove(proof(3)), expected);
        programId = bytes32(uint256(1));
        expected = abi.encodeWithSelector(selector, programId);
        refuse(STRANGER, address(registry), prove(proof(3)), expected);
    }

    function testFuzz_proveMalformed_damagedEvidence_reverts(uint8 part, uint8 place, uint8 bit) public {
        IProgramRegistry.MalformedProof memory p = operandProof(5);
        bytes32 flip = bytes32(uint256(1) << bit);
        part = part % 5;
        if (part == 0) p.path[place % 30] ^= flip;
        else if (part == 1) p.producerPath[place % 30] ^= flip;
        else if (part == 2) p.descriptor[0] ^= 0x01;
        else if (part == 3) p.producer[0] ^= 0x01;
        else p.index = uint32(6 + (place % 10)); // the leaf is another's
        (bool success, bytes memory reason) = address(registry).call(
            abi.encodeCall(registry.proveMalformed, (programId, p))
        );
        require(!success, "damaged evidence retired a program");
        require(bytes4(reason) == IStepVerifier.WrongOpening.selector, "another error");
    }

    function test_proveMalformed_wrongShape_reverts() public {
        IProgramRegistry.MalformedProof memory p = proof(3);
        p.path = new bytes32[](15);
        vm.expectRevert(abi.encodeWithSelector(MerkleLib.WrongPathLength.selector, 15, 30));
        registry.proveMalformed(programId, p);
        p = proof(3);
        p.index = 256;
        vm.expectRevert(abi.encodeWithSelector(MerkleLib.LeafOutOfTree.selector, 256, 2));
        registry.proveMalformed(programId, p);
    }

    // activeHeader

    function test_activeHeader_activeOnly_S05() public {
        bytes32 before = keccak256(abi.encode(registry.header(programId)));
        require(keccak256(abi.encode(registry.activeHeader(programId))) == before, "header");
        registry.proveMalformed(programId, proof(3));
        vm.expectRevert(abi.encodeWithSelector(IProgramRegistry.ProgramNotActive.selector, programId));
        registry.activeHeader(programId);
        require(keccak256(abi.encode(registry.header(programId))) == before, "still readable");
    }

    function test_claimOf_isTheProgramsHeaderAndRoots() public view {
        Claim memory made = registry.claimOf(programId, bytes32(uint256(5)), 7);
        require(made.descriptorsRoot == descriptorsRoot() && made.constantsRoot == 0, "roots");
        require(made.inputRoot == bytes32(uint256(5)) && made.traceRoot == 0, "given roots");
        require(made.slots == SLOTS && made.constants == 0 && made.maxPasses == 1, "header");
        require(made.passes == 7 && made.inputBytes == 8 && made.outputBytes == 16, "bytes");
    }

    // reclaimBond

    function notYet() internal view returns (bytes memory) {
        return
            abi.encodeWithSelector(
                IProgramRegistry.BondNotReclaimable.selector,
                programId,
                START + UNBONDING
            );
    }

    function test_reclaimBond_aroundItsTime_succeeds() public {
        vm.warp(START + UNBONDING - 1);
        vm.expectRevert(notYet());
        registry.reclaimBond(programId);
        vm.warp(START + UNBONDING);
        vm.prank(STRANGER);
        registry.reclaimBond(programId);
        equal(account(PUBLISHER).credit, BOND, "back to the publisher, whoever asks");
        vm.expectRevert(notYet());
        registry.reclaimBond(programId);

        // Without a bond the rule still holds; there is just nothing left to pay.
        vm.prank(STRANGER);
        registry.proveMalformed(programId, proof(3));
        require(!registry.isActive(programId), "retired");
        equal(account(STRANGER).credit, 0, "no reward");
    }

    function test_reclaimBond_retired_reverts_S05() public {
        registry.proveMalformed(programId, proof(3));
        vm.warp(START + UNBONDING + 1);
        vm.expectRevert(notYet());
        registry.reclaimBond(programId);
    }
}
