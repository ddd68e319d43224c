// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IParameters} from "./interfaces/IParameters.sol";
import {IProgramRegistry} from "./interfaces/IProgramRegistry.sol";
import {IStakeVault} from "./interfaces/IStakeVault.sol";
import {IStepVerifier} from "./interfaces/IStepVerifier.sol";
import {GeometryLib} from "./libraries/GeometryLib.sol";
import {IdLib} from "./libraries/IdLib.sol";
import {MerkleLib} from "./libraries/MerkleLib.sol";
import {Program, ProgramHeader, ProgramStatus} from "./types/Program.sol";
import {Claim} from "./types/Trace.sol";

/// @title Registered programs. Append-only; nobody owns an entry.
/// @dev Holds no tokens; bonds lie in this module's escrow in the vault. Trusts the judge on what is malformed.
contract ProgramRegistry is IProgramRegistry {
    /// @dev A `Program` whose status lies in the slot of its header, so that new work reads one.
    struct Entry {
        uint16 operatorSet;
        uint32 slots;
        uint32 constants;
        uint32 maxPasses;
        uint32 inputBytes;
        uint32 outputBytes;
        uint8 tensorDepth;
        ProgramStatus status;
        address publisher;
        uint64 registeredAt;
        uint96 bond;
        bytes32 descriptorsRoot;
        bytes32 constantsRoot;
        bytes32 manifestHash;
    }

    uint256 internal constant OPERATOR_SET = 1;
    uint256 internal constant MAX_PASSES = 65_536;
    uint256 internal constant MAX_TENSOR_DEPTH = 6; // 2^34 bytes in tiles of 1 KiB

    IStakeVault internal immutable VAULT;
    IStepVerifier internal immutable VERIFIER;
    IParameters internal immutable PARAMETERS;
    uint32 internal immutable BOND_SECONDS;

    mapping(bytes32 programId => Entry) internal _programs;

    constructor(IStakeVault vault, IStepVerifier verifier, IParameters parameters) {
        VAULT = vault;
        VERIFIER = verifier;
        PARAMETERS = parameters;
        BOND_SECONDS = parameters.unbondingSeconds();
    }

    /// @inheritdoc IProgramRegistry
    function register(
        ProgramHeader calldata header_,
        bytes32 descriptorsRoot,
        bytes32 constantsRoot,
        bytes32 manifestHash,
        string calldata uri
    ) external returns (bytes32 programId) {
        _checkHeader(header_);
        bytes32 root = IdLib.programRoot(header_, descriptorsRoot, constantsRoot);
        programId = IdLib.programId(header_.operatorSet, root, manifestHash);
        // INVARIANT (S-05): the same program again changes nothing and takes nothing, retired or not.
        if (_programs[programId].status != ProgramStatus.Unknown) return programId;

        uint96 bond = PARAMETERS.publisherBond();
        _programs[programId] = Entry({
            operatorSet: header_.operatorSet,
            slots: header_.slots,
            constants: header_.constants,
            maxPasses: header_.maxPasses,
            inputBytes: header_.inputBytes,
            outputBytes: header_.outputBytes,
            tensorDepth: header_.tensorDepth,
            status: ProgramStatus.Active,
            publisher: msg.sender,
            registeredAt: uint64(block.timestamp),
            bond: bond,
            descriptorsRoot: descriptorsRoot,
            constantsRoot: constantsRoot,
            manifestHash: manifestHash
        });
        emit ProgramRegistered(
            programId,
            msg.sender,
            header_,
            root,
            descriptorsRoot,
            constantsRoot,
            manifestHash,
            uri
        );
        VAULT.escrowFrom(msg.sender, bond);
    }

    /// @inheritdoc IProgramRegistry
    function proveMalformed(bytes32 programId, MalformedProof calldata proof) external {
        Entry storage entry = _programs[programId];
        require(entry.status == ProgramStatus.Active, ProgramNotActive(programId));
        uint256 code = _firstFault(entry, proof);
        // INVARIANT (S-05): only a broken rule retires a program.
        // GUARD: S-05
        require(code != 0, DescriptorWellFormed(programId, proof.index));

        uint96 bond = entry.bond;
        uint96 reward = bond / 2;
        entry.status = ProgramStatus.Retired;
        entry.bond = 0;
        emit ProgramRetired(programId, msg.sender, reward, bond - reward);
        VAULT.creditFromEscrow(msg.sender, reward);
        VAULT.burnFromEscrow(bond - reward);
    }

    /// @inheritdoc IProgramRegistry
    function reclaimBond(bytes32 programId) external {
        Entry storage entry = _programs[programId];
        uint64 reclaimableAt = entry.registeredAt + BOND_SECONDS;
        uint96 bond = entry.bond;
        // INVARIANT (S-05): the bond outlasts every commitment made while the program was new.
        require(bond > 0 && block.timestamp >= reclaimableAt, BondNotReclaimable(programId, reclaimableAt));

        entry.bond = 0;
        emit PublisherBondReclaimed(programId, entry.publisher, bond);
        VAULT.creditFromEscrow(entry.publisher, bond);
    }

    // VIEWS

    /// @inheritdoc IProgramRegistry
    function program(bytes32 programId) external view returns (Program memory) {
        Entry storage entry = _programs[programId];
        return
            Program({
                header: _headerOf(entry),
                status: entry.status,
                publisher: entry.publisher,
                registeredAt: entry.registeredAt,
                bond: entry.bond,
                descriptorsRoot: entry.descriptorsRoot,
                constantsRoot: entry.constantsRoot,
                manifestHash: entry.manifestHash
            });
    }

    /// @inheritdoc IProgramRegistry
    function header(bytes32 programId) external view returns (ProgramHeader memory) {
        return _headerOf(_programs[programId]);
    }

    /// @inheritdoc IProgramRegistry
    function activeHeader(bytes32 programId) external view returns (ProgramHeader memory) {
        Entry storage entry = _programs[programId];
        require(entry.status == ProgramStatus.Active, ProgramNotActive(programId));
        return _headerOf(entry);
    }

    /// @inheritdoc IProgramRegistry
    function isActive(bytes32 programId) external view returns (bool) {
        return _programs[programId].status == ProgramStatus.Active;
    }

    /// @inheritdoc IProgramRegistry
    function claimOf(
        bytes32 programId,
        bytes32 inputRoot,
        uint32 passes
    ) external view returns (Claim memory) {
        Entry storage entry = _programs[programId];
        ProgramHeader memory known = _headerOf(entry);
        return
            Claim({
                descriptorsRoot: entry.descriptorsRoot,
                constantsRoot: entry.constantsRoot,
                inputRoot: inputRoot,
                traceRoot: 0,
                slots: known.slots,
                constants: known.constants,
                maxPasses: known.maxPasses,
                passes: passes,
                inputBytes: known.inputBytes,
                outputBytes: known.outputBytes
            });
    }

    /// @inheritdoc IProgramRegistry
    function depths(bytes32 programId) external view returns (uint8 traceDepth, uint8 tensorDepth) {
        ProgramHeader memory known = _headerOf(_programs[programId]);
        // SAFETY: 2^32 slots in 2^16 passes have 12 levels.
        traceDepth = uint8(GeometryLib.traceDepth(known.slots, known.maxPasses));
        tensorDepth = known.tensorDepth;
    }

    // INTERNAL

    function _headerOf(Entry storage entry) internal view returns (ProgramHeader memory) {
        return
            ProgramHeader({
                operatorSet: entry.operatorSet,
                slots: entry.slots,
                constants: entry.constants,
                maxPasses: entry.maxPasses,
                inputBytes: entry.inputBytes,
                outputBytes: entry.outputBytes,
                tensorDepth: entry.tensorDepth
            });
    }

    function _checkHeader(ProgramHeader calldata given) internal pure {
        _inBounds("operatorSet", given.operatorSet, OPERATOR_SET, OPERATOR_SET);
        _inBounds("slots", given.slots, 1, type(uint32).max);
        _inBounds("maxPasses", given.maxPasses, 1, MAX_PASSES);
        _inBounds("outputBytes", given.outputBytes, 1, type(uint32).max);
        uint256 outputDepth = MerkleLib.treeDepth(GeometryLib.tileCount(given.outputBytes));
        _inBounds("tensorDepth", given.tensorDepth, outputDepth, MAX_TENSOR_DEPTH);
    }

    function _inBounds(bytes32 field, uint256 given, uint256 least, uint256 most) internal pure {
        require(given >= least, InvalidHeader(field, given, least));
        require(given <= most, InvalidHeader(field, given, most));
    }

    /// @dev The number of the first rule that the evidence shows broken, zero if none.
    function _firstFault(
        Entry storage entry,
        MalformedProof calldata proof
    ) internal view returns (uint256 code) {
        ProgramHeader memory known = _headerOf(entry);
        bytes32 root = entry.descriptorsRoot;
        _checkDescriptorPath(known, root, proof.index, proof.descriptor, proof.path);
        if (proof.producer.length == 0) {
            return VERIFIER.checkDescriptor(known, proof.index, proof.descriptor);
        }
        uint256 producerIndex;
        (code, producerIndex) = VERIFIER.checkOperand(
            known,
            proof.index,
            proof.descriptor,
            proof.operand,
            proof.producer
        );
        _checkDescriptorPath(known, root, producerIndex, proof.producer, proof.producerPath);
    }

    function _checkDescriptorPath(
        ProgramHeader memory known,
        bytes32 committedRoot,
        uint256 index,
        bytes calldata descriptor,
        bytes32[] calldata path
    ) internal view {
        uint256 depth = MerkleLib.treeDepth(uint256(known.slots) + 1);
        bytes32 leaf = MerkleLib.descriptorHash(descriptor);
        bytes32 computed = MerkleLib.rootFromPath(leaf, index, depth, path);
        require(computed == committedRoot, IStepVerifier.WrongOpening(computed, committedRoot));
    }
}
